package dev.credence.certs.issue;

import dev.credence.certs.issue.CsrException.Reason;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/// Checks certificate requests (PKCS#10, RFC 2986): the key's kind and strength, and that the
/// request is signed by it. Nothing else of a request is used; subject, names and extensions come
/// from the registration. Thread-safe.
public final class CsrChecker {
  /// The most bytes of a request.
  public static final int MAX_BYTES = 4096;

  private final Provider provider;
  private final KeyRules keyRules;

  /// A checker whose cryptography is this provider's.
  public CsrChecker(Provider provider) {
    this.provider = provider;
    this.keyRules = new KeyRules(provider);
  }

  /// The request's key.
  ///
  /// @param csr DER, at most [#MAX_BYTES]
  /// @throws CsrException if anything about it is not as it must be; nothing else is thrown
  public CheckedKey check(byte[] csr) throws CsrException {
    if (csr.length > MAX_BYTES) {
      throw new CsrException(
          Reason.TOO_LARGE, csr.length + " bytes (expected: at most " + MAX_BYTES + ")");
    }
    Optional<PlainRequest> plain = PlainRequest.read(csr);
    return plain.isPresent() ? check(plain.get()) : check(parse(csr));
  }

  private CheckedKey check(PlainRequest request) throws CsrException {
    PublicKey key = keyRules.accept(NistCurve.P256, request.point(), request.spki());
    if (!isSignedBy(key, "SHA256withECDSA", request.signed(), request.signature())) {
      throw unsigned();
    }
    return new CheckedKey(key, request.spki());
  }

  private static CsrException unsigned() {
    return new CsrException(Reason.SIGNATURE, "not signed by the key that it holds");
  }

  private CheckedKey check(CertificationRequest request) throws CsrException {
    SubjectPublicKeyInfo spki = request.getCertificationRequestInfo().getSubjectPublicKeyInfo();
    // The key is looked at before it is used: verifying with a hostile key can be expensive.
    PublicKey key = keyRules.accept(spki);
    String algorithm = SignatureAlgorithms.name(request.getSignatureAlgorithm(), key);
    if (!isSignedBy(key, algorithm, request)) {
      throw unsigned();
    }
    return new CheckedKey(key, der(spki));
  }

  private static CertificationRequest parse(byte[] csr) throws CsrException {
    try {
      ASN1Primitive structure = ASN1Primitive.fromByteArray(csr);
      if (structure == null) {
        throw new CsrException(Reason.MALFORMED, "0 bytes (expected: PKCS#10 in DER)");
      }
      CertificationRequest request = CertificationRequest.getInstance(structure);
      // The parser reads BER as well and overlooks further parts: what it understood, written in
      // DER, must be what came.
      if (!Arrays.equals(csr, request.getEncoded(ASN1Encoding.DER))) {
        throw new CsrException(Reason.MALFORMED, "not exactly one PKCS#10 request in DER");
      }
      if (request.getCertificationRequestInfo().getVersion().intValueExact() != 0) {
        throw new CsrException(Reason.MALFORMED, "unknown version (expected: 0)");
      }
      return request;
    } catch (IOException | RuntimeException e) {
      // Bouncy Castle throws unchecked exceptions of many kinds on hostile bytes.
      throw new CsrException(Reason.MALFORMED, "not PKCS#10 in DER", e);
    }
  }

  private boolean isSignedBy(PublicKey key, String algorithm, CertificationRequest request)
      throws CsrException {
    if (request.getSignature().getPadBits() != 0) {
      throw new CsrException(Reason.MALFORMED, "signature of broken bytes");
    }
    try {
      return isSignedBy(
          key,
          algorithm,
          request.getCertificationRequestInfo().getEncoded(ASN1Encoding.DER),
          request.getSignature().getOctets());
    } catch (IOException | RuntimeException e) {
      throw new CsrException(Reason.SIGNATURE, "signature not verifiable", e);
    }
  }

  private boolean isSignedBy(PublicKey key, String algorithm, byte[] signed, byte[] signature)
      throws CsrException {
    try {
      // Not bcpkix: it verifies twice.
      Signature verifier = Signature.getInstance(algorithm, provider);
      verifier.initVerify(key);
      verifier.update(signed);
      return verifier.verify(signature);
    } catch (GeneralSecurityException | RuntimeException e) {
      // Providers report a malformed signature by exceptions, some of them unchecked.
      throw new CsrException(Reason.SIGNATURE, "signature not verifiable", e);
    }
  }

  private static byte[] der(SubjectPublicKeyInfo spki) throws CsrException {
    try {
      return spki.getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new CsrException(Reason.MALFORMED, "key not encodable", e);
    }
  }
}
