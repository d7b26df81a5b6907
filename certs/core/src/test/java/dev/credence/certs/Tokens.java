package dev.credence.certs;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;

/** Tokens made by hand from texts, also such as no honest issuer makes. */
final class Tokens {
  static final TrustDomain TD = TrustDomain.parse("td");
  static final String AUDIENCE = "spiffe://td/service/a/b";
  static final KeyPair EC = Pki.ec("secp256r1");
  static final JwtBundle BUNDLE = bundle(JwtKey.of("one", EC.getPublic()));
  static final long NOW = Pki.NOW.getEpochSecond();

  private Tokens() {}

  static JwtBundle bundle(JwtKey... keys) {
    return JwtBundle.of(TD, List.of(keys));
  }

  static String header(String alg) {
    return "{\"alg\":\"" + alg + "\",\"kid\":\"one\",\"typ\":\"JWT\"}";
  }

  static String claims() {
    return "{\"sub\":\"spiffe://td/agent/a/b\",\"aud\":[\""
        + AUDIENCE
        + "\"],\"exp\":"
        + (NOW + 300)
        + ",\"iat\":"
        + NOW
        + "}";
  }

  static String claims(String member, String value) {
    return claims()
        .replaceFirst(
            "\"" + member + "\":(\\[[^]]*]|\"[^\"]*\"|[0-9]+)", replacement(member, value));
  }

  private static String replacement(String member, String value) {
    return java.util.regex.Matcher.quoteReplacement(
        value.isEmpty() ? "\"x-" + member + "\":0" : "\"" + member + "\":" + value);
  }

  /** Signed with ES256 by the key that the bundle knows. */
  static String of(String header, String claims) {
    return signed(header, claims, content -> sign("ES256", EC, content));
  }

  static String valid() {
    return of(header("ES256"), claims());
  }

  static String signed(String header, String claims, UnaryOperator<byte[]> signer) {
    String content = base64(bytes(header)) + "." + base64(bytes(claims));
    return content + "." + base64(signer.apply(bytes(content)));
  }

  static byte[] sign(String alg, KeyPair keys, byte[] content) {
    try {
      Signature signature = engine(alg);
      signature.initSign(keys.getPrivate());
      signature.update(content);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Signature engine(String alg) throws GeneralSecurityException {
    String bits = alg.substring(2);
    if (alg.startsWith("PS")) {
      Signature pss = Signature.getInstance("RSASSA-PSS");
      pss.setParameter(
          new PSSParameterSpec(
              "SHA-" + bits,
              "MGF1",
              new MGF1ParameterSpec("SHA-" + bits),
              Integer.parseInt(bits) / 8,
              1));
      return pss;
    }
    return Signature.getInstance(
        alg.startsWith("RS") ? "SHA" + bits + "withRSA" : "SHA" + bits + "withECDSAinP1363Format");
  }

  static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
