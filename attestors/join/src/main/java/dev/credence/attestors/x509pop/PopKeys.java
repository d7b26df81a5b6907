package dev.credence.attestors.x509pop;

import dev.credence.attestors.AttestationException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Set;

/// Which keys and signatures count. Anything that is not listed is refused. Stateless.
final class PopKeys {
  private static final int SHORTEST_RSA = 2048;
  // A longer one costs whoever verifies, not whoever signs.
  private static final int LONGEST_RSA = 8192;
  private static final int LONGEST_EXPONENT = 32;
  private static final Set<Integer> NIST = Set.of(256, 384, 521);

  private static final Set<String> SIGNATURES =
      Set.of(
          "SHA256withRSA",
          "SHA384withRSA",
          "SHA512withRSA",
          "SHA256withECDSA",
          "SHA384withECDSA",
          "SHA512withECDSA",
          "Ed25519");

  private PopKeys() {}

  static void check(X509Certificate certificate) throws AttestationException {
    if (!SIGNATURES.contains(certificate.getSigAlgName())) {
      throw new AttestationException(
          "certificate signed with "
              + certificate.getSigAlgName()
              + " (expected: SHA-256 or longer with RSA or ECDSA, or Ed25519)");
    }
    check(certificate.getPublicKey());
  }

  private static void check(PublicKey key) throws AttestationException {
    boolean strong =
        switch (key) {
          case RSAPublicKey rsa -> isStrong(rsa);
          case ECPublicKey ec -> NIST.contains(ec.getParams().getCurve().getField().getFieldSize());
          case EdECPublicKey edwards -> edwards.getParams().getName().equals("Ed25519");
          default -> false;
        };
    if (!strong) {
      throw new AttestationException(
          key.getAlgorithm()
              + " key (expected: RSA of 2048 to 8192 bits, EC over P-256, P-384 or P-521, or Ed25519)");
    }
  }

  private static boolean isStrong(RSAPublicKey rsa) {
    int bits = rsa.getModulus().bitLength();
    int exponent = rsa.getPublicExponent().bitLength();
    return bits >= SHORTEST_RSA
        && bits <= LONGEST_RSA
        && exponent > 2
        && exponent <= LONGEST_EXPONENT;
  }
}
