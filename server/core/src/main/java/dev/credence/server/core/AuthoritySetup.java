package dev.credence.server.core;

import dev.credence.certs.issue.AuthoritiesInMemory;
import dev.credence.certs.issue.Authority;
import dev.credence.certs.issue.AuthorityKeys;
import java.security.Provider;
import java.security.SecureRandom;
import java.time.Duration;

/// Where the authorities' keys are, and how authorities follow on each other by age.
///
/// @param life of a new authority
/// @param rotateAfter age at which the next one takes its place
/// @param distribute how long a new one is in the bundle at least before it signs without being
///   told to by an administrator
public record AuthoritySetup(
    AuthorityKeys keys, Duration life, Duration rotateAfter, Duration distribute) {
  /// DESIGN §4: a node that was away for a week still knows who signs.
  public static final Duration STANDARD_DISTRIBUTION = Duration.ofDays(7);

  /// With half of its life as the age, and at most a quarter of its life for the distribution.
  public static AuthoritySetup standard(AuthorityKeys keys, Duration life) {
    Duration quarter = life.dividedBy(4);
    return new AuthoritySetup(
        keys,
        life,
        life.dividedBy(2),
        quarter.compareTo(STANDARD_DISTRIBUTION) < 0 ? quarter : STANDARD_DISTRIBUTION);
  }

  /// One authority of each kind in memory that nothing takes the place of unless it is told to: for
  /// tests and measurements.
  static AuthoritySetup only(Authority authority, Provider crypto, SecureRandom random) {
    return new AuthoritySetup(
        new AuthoritiesInMemory(authority, crypto, random),
        Duration.between(
            authority.certificate().getNotBefore().toInstant(),
            authority.certificate().getNotAfter().toInstant()),
        Duration.ofDays(36_500),
        STANDARD_DISTRIBUTION);
  }
}
