package dev.credence.e2e.fuzz;

import dev.credence.certs.TrustDomain;
import dev.credence.certs.issue.Authority;
import dev.credence.e2e.client.Keys;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// What seeds are made of, and what inputs are taken for.
final class Inputs {

  static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  static final TrustDomain DOMAIN = TrustDomain.parse("td.example");
  static final SecureRandom RANDOM = new SecureRandom();
  static final Authority AUTHORITY =
      Authority.selfSigned(DOMAIN, Keys.CRYPTO, NOW.minusSeconds(60), Duration.ofDays(30), RANDOM);
  static final Set<Class<? extends Exception>> ILLEGAL = Set.of(IllegalArgumentException.class);

  private Inputs() {}

  static String text(byte[] input) {
    return new String(input, StandardCharsets.UTF_8);
  }

  static List<byte[]> utf8(String... texts) {
    return Arrays.stream(texts).map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
  }

  static byte[] concatenated(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  /// What was read is what was written.
  static void same(Object one, Object other) {
    if (!one.equals(other)) {
      throw new AssertionError(one + " is not " + other);
    }
  }
}
