package dev.credence.certs;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The nine signature algorithms of JWT-SVIDs (JWT-SVID, section 2.1): no other exists here. */
enum JwsAlgorithm {
  RS256("SHA256withRSA"),
  RS384("SHA384withRSA"),
  RS512("SHA512withRSA"),
  ES256("SHA256withECDSAinP1363Format", JwkCurve.P_256),
  ES384("SHA384withECDSAinP1363Format", JwkCurve.P_384),
  ES512("SHA512withECDSAinP1363Format", JwkCurve.P_521),
  PS256(pss("SHA-256", MGF1ParameterSpec.SHA256, 32)),
  PS384(pss("SHA-384", MGF1ParameterSpec.SHA384, 48)),
  PS512(pss("SHA-512", MGF1ParameterSpec.SHA512, 64));

  private static final List<JwsAlgorithm> ALL = List.of(values());

  private final String signature;
  private final @Nullable JwkCurve curve;

  @SuppressWarnings("ImmutableEnumChecker") // the platform's type lacks the mark, not the property
  private final @Nullable PSSParameterSpec pss;

  JwsAlgorithm(String signature) {
    this.signature = signature;
    this.curve = null;
    this.pss = null;
  }

  JwsAlgorithm(String signature, JwkCurve curve) {
    this.signature = signature;
    this.curve = curve;
    this.pss = null;
  }

  JwsAlgorithm(PSSParameterSpec pss) {
    this.signature = "RSASSA-PSS";
    this.curve = null;
    this.pss = pss;
  }

  private static PSSParameterSpec pss(String digest, MGF1ParameterSpec mask, int salt) {
    return new PSSParameterSpec(digest, "MGF1", mask, salt, PSSParameterSpec.TRAILER_FIELD_BC);
  }

  /** By its exact name. */
  static Optional<JwsAlgorithm> of(String name) {
    for (JwsAlgorithm algorithm : ALL) {
      if (algorithm.name().equals(name)) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }

  /** Whether a key is of this algorithm's type and, for ES*, on its curve. */
  boolean fits(PublicKey key) {
    return curve == null
        ? key instanceof RSAPublicKey
        : key instanceof ECPublicKey ec && curve.isOf(ec.getParams());
  }

  /** Whether the signature holds under a key that fits. */
  boolean verify(PublicKey key, byte[] signed, byte[] signature, Provider crypto) {
    if (curve != null && !isInRange(curve, signature)) {
      return false;
    }
    try {
      Signature engine = engine(crypto);
      engine.initVerify(key);
      engine.update(signed);
      return engine.verify(signature);
    } catch (GeneralSecurityException | RuntimeException e) {
      // Providers throw at malformed signatures, some of them unchecked; none of them holds.
      return false;
    }
  }

  private Signature engine(Provider crypto) throws GeneralSecurityException {
    Signature engine =
        crypto.getService("Signature", signature) == null
            ? Signature.getInstance(signature)
            : Signature.getInstance(signature, crypto);
    if (pss != null) {
      engine.setParameter(pss);
    }
    return engine;
  }

  /** Both halves are there in full, at least 1 and less than the curve's order. */
  private static boolean isInRange(JwkCurve curve, byte[] signature) {
    int length = curve.length();
    if (signature.length != 2 * length) {
      return false;
    }
    BigInteger order = curve.parameters().getOrder();
    BigInteger r = new BigInteger(1, Arrays.copyOf(signature, length));
    BigInteger s = new BigInteger(1, Arrays.copyOfRange(signature, length, 2 * length));
    return r.signum() > 0 && s.signum() > 0 && r.compareTo(order) < 0 && s.compareTo(order) < 0;
  }
}
