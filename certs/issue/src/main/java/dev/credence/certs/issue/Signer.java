package dev.credence.certs.issue;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.operator.ContentSigner;

/// Signs one certificate with ecdsa-with-SHA256, the provider given. Confined to one thread.
final class Signer implements ContentSigner {
  // RFC 5758, section 3.2: this algorithm's parameters are absent.
  static final AlgorithmIdentifier ALGORITHM =
      new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);

  private final ByteArrayOutputStream content = new ByteArrayOutputStream();
  private final Provider provider;
  private final PrivateKey key;

  Signer(Provider provider, PrivateKey key) {
    this.provider = provider;
    this.key = key;
  }

  @Override
  public AlgorithmIdentifier getAlgorithmIdentifier() {
    return ALGORITHM;
  }

  @Override
  public OutputStream getOutputStream() {
    return content;
  }

  @Override
  public byte[] getSignature() {
    return sign(content.toByteArray());
  }

  /// The signature of that content.
  byte[] sign(byte[] signed) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA", provider);
      signature.initSign(key);
      signature.update(signed);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the authority's key does not sign", e);
    }
  }
}
