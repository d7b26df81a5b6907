package dev.credence.server.core;

import dev.credence.attestors.join.JoinTokenSecret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Secrets of join tokens that a repeated request gets again, though they are stored nowhere: an
/// HMAC of the request under a key that lives in memory only, and dies with this object.
/// Thread-safe; prints no secret.
final class TokenSecrets {
  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;

  TokenSecrets(SecureRandom random) {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    this.key = new SecretKeySpec(bytes, ALGORITHM);
  }

  /// Different callers, ids and questions have different secrets.
  JoinTokenSecret of(Call call) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(call.fingerprint().bytes());
      mac.update(call.request().value().bytes());
      mac.update(call.actor().label().getBytes(StandardCharsets.UTF_8));
      return JoinTokenSecret.of(Arrays.copyOf(mac.doFinal(), JoinTokenSecret.LENGTH));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256, but not this one", e);
    }
  }
}
