package dev.credence.certs;

import dev.credence.certs.SvidException.Reason;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PSSParameterSpec;
import java.util.Locale;

/** Refuses short keys and signatures over broken digests, whatever the platform allows. */
final class Strength {
  private static final int MIN_RSA_BITS = 2048;
  private static final int MIN_EC_BITS = 256;

  private Strength() {}

  static void checkKey(PublicKey key) throws SvidException {
    if (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() < MIN_RSA_BITS) {
      throw new SvidException(
          Reason.WEAK,
          "RSA key of "
              + rsa.getModulus().bitLength()
              + " bits (expected: at least "
              + MIN_RSA_BITS
              + ")");
    }
    if (key instanceof ECPublicKey ec) {
      int bits = ec.getParams().getCurve().getField().getFieldSize();
      if (bits < MIN_EC_BITS) {
        throw new SvidException(
            Reason.WEAK, "EC key of " + bits + " bits (expected: at least " + MIN_EC_BITS + ")");
      }
    }
  }

  static void checkSignature(X509Certificate certificate) throws SvidException {
    String algorithm = certificate.getSigAlgName();
    String digest = algorithm.equals("RSASSA-PSS") ? pssDigest(certificate) : algorithm;
    String name = digest.toUpperCase(Locale.ROOT);
    if (name.contains("MD") || name.contains("SHA1") || name.contains("SHA-1")) {
      throw new SvidException(
          Reason.WEAK,
          "certificate signed with "
              + Printable.quoted(algorithm)
              + " over "
              + Printable.quoted(digest)
              + " (expected: SHA-256 or better)");
    }
  }

  /** The digest of RSASSA-PSS stands in its parameters; without any it is SHA-1 (RFC 4055). */
  private static String pssDigest(X509Certificate certificate) throws SvidException {
    byte[] encoded = certificate.getSigAlgParams();
    if (encoded == null) {
      return "SHA-1";
    }
    try {
      var parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
      parameters.init(encoded);
      return parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm();
    } catch (GeneralSecurityException | IOException e) {
      throw new SvidException(Reason.MALFORMED, "signature parameters not readable", e);
    }
  }
}
