package dev.credence.certs;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.util.Optional;

/** The curves of JWT keys (RFC 7518, section 6.2.1.1). */
enum JwkCurve {
  P_256("P-256", "secp256r1", 32),
  P_384("P-384", "secp384r1", 48),
  P_521("P-521", "secp521r1", 66);

  private final String label;
  private final int length;

  @SuppressWarnings("ImmutableEnumChecker") // the platform's type lacks the mark, not the property
  private final ECParameterSpec parameters;

  JwkCurve(String label, String standardName, int length) {
    this.label = label;
    this.length = length;
    this.parameters = parameters(standardName);
  }

  private static ECParameterSpec parameters(String standardName) {
    try {
      var parameters = AlgorithmParameters.getInstance("EC");
      parameters.init(new ECGenParameterSpec(standardName));
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java platform lacks the curve " + standardName, e);
    }
  }

  static Optional<JwkCurve> of(String label) {
    for (JwkCurve curve : values()) {
      if (curve.label.equals(label)) {
        return Optional.of(curve);
      }
    }
    return Optional.empty();
  }

  /** Bytes of one coordinate, and of each half of a signature. */
  int length() {
    return length;
  }

  ECParameterSpec parameters() {
    return parameters;
  }

  boolean isOf(ECParameterSpec other) {
    return parameters.getCurve().equals(other.getCurve());
  }

  /** The platform does not look: a point beside the curve would be taken, and leak or forge. */
  boolean holds(ECPoint point) {
    BigInteger p = ((ECFieldFp) parameters.getCurve().getField()).getP();
    BigInteger x = point.getAffineX();
    BigInteger y = point.getAffineY();
    if (x.compareTo(p) >= 0 || y.compareTo(p) >= 0) {
      return false;
    }
    BigInteger right =
        x.pow(3)
            .add(parameters.getCurve().getA().multiply(x))
            .add(parameters.getCurve().getB())
            .mod(p);
    return y.pow(2).mod(p).equals(right);
  }
}
