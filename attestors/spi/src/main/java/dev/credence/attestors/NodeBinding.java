package dev.credence.attestors;

import dev.credence.certs.Sha256;
import dev.credence.certs.TrustDomain;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// What the answer to a challenge is bound to: the trust domain that is joined, and the request for
/// the certificate of the node's own new key. Node and server make it each for itself, so an answer
/// is good for nothing else. Stateless.
public final class NodeBinding {
  private static final byte[] WORD =
      "credence node attestation 1\0".getBytes(StandardCharsets.US_ASCII);

  private NodeBinding() {}

  /// 32 bytes.
  ///
  /// @param csr PKCS#10 DER, byte for byte as it is sent
  public static byte[] of(TrustDomain trustDomain, byte[] csr) {
    var all = new ByteArrayOutputStream();
    all.writeBytes(WORD);
    all.writeBytes(trustDomain.name().getBytes(StandardCharsets.US_ASCII));
    all.write(0);
    all.writeBytes(Sha256.of(csr).bytes());
    return Sha256.of(all.toByteArray()).bytes();
  }
}
