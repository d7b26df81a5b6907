package dev.credence.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.credence.certs.JsonValue;
import dev.credence.certs.JsonValue.Elements;
import dev.credence.certs.JsonValue.Members;
import dev.credence.certs.JsonValue.Numeral;
import dev.credence.certs.JsonValue.Text;
import dev.credence.certs.JwtBundle;
import dev.credence.certs.JwtKey;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A JWT authority for tests: what issues for real is behind the wall.
final class TestTokens {
  static final Duration TTL = Duration.ofMinutes(5);

  private final String id;
  private final KeyPair keys = TestAuthority.newKeys();

  TestTokens(String id) {
    this.id = id;
  }

  JwtKey key() {
    return JwtKey.of(id, keys.getPublic());
  }

  static byte[] jwks(List<TestTokens> authorities) {
    return JwtBundle.of(
            TestAuthority.TRUST_DOMAIN, authorities.stream().map(TestTokens::key).toList())
        .toJwks();
  }

  String issue(String subject, List<String> audiences, Instant now, String tokenId) {
    Map<String, JsonValue> claims = new LinkedHashMap<>();
    claims.put("sub", new Text(subject));
    claims.put("aud", Elements.ofTexts(audiences));
    claims.put("exp", Numeral.of(now.plus(TTL).getEpochSecond()));
    claims.put("iat", Numeral.of(now.getEpochSecond()));
    claims.put("jti", new Text(tokenId));
    return sign(new Members(claims).write());
  }

  String sign(String claims) {
    String header = "{\"alg\":\"ES256\",\"kid\":\"" + id + "\",\"typ\":\"JWT\"}";
    String content = base64(header.getBytes(UTF_8)) + "." + base64(claims.getBytes(UTF_8));
    try {
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initSign(keys.getPrivate());
      signature.update(content.getBytes(UTF_8));
      return content + "." + base64(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
