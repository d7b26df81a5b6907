package dev.credence.certs.issue;

import dev.credence.certs.issue.CsrException.Reason;
import java.security.PublicKey;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/// The signature algorithms that a request may use, by key type. Stateless.
final class SignatureAlgorithms {
  private static final Map<ASN1ObjectIdentifier, String> EC =
      Map.of(
          X9ObjectIdentifiers.ecdsa_with_SHA256, "SHA256withECDSA",
          X9ObjectIdentifiers.ecdsa_with_SHA384, "SHA384withECDSA");
  private static final Map<ASN1ObjectIdentifier, String> RSA =
      Map.of(
          PKCSObjectIdentifiers.sha256WithRSAEncryption, "SHA256withRSA",
          PKCSObjectIdentifiers.sha384WithRSAEncryption, "SHA384withRSA",
          PKCSObjectIdentifiers.sha512WithRSAEncryption, "SHA512withRSA");

  private SignatureAlgorithms() {}

  /// The platform's name of the algorithm.
  static String name(AlgorithmIdentifier algorithm, PublicKey key) throws CsrException {
    boolean ec = key.getAlgorithm().equals("EC");
    String name = (ec ? EC : RSA).get(algorithm.getAlgorithm());
    ASN1Encodable parameters = algorithm.getParameters();
    // RFC 5758, section 3.2: absent for ECDSA; RFC 4055, section 5: NULL for RSA.
    boolean wellFormed = ec ? parameters == null : DERNull.INSTANCE.equals(parameters);
    if (name == null || !wellFormed) {
      throw new CsrException(
          Reason.ALGORITHM,
          "signature algorithm "
              + algorithm.getAlgorithm()
              + " (expected: "
              + (ec ? "ECDSA with SHA-256 or SHA-384" : "RSA with SHA-256, SHA-384 or SHA-512")
              + ")");
    }
    return name;
  }
}
