package dev.credence.server.core.model;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.certs.Sha256;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// Who administers from another machine. The person behind is the one that names this
/// administrator.
///
/// @param key what is pinned; none before the first enrolment
/// @param token the newest enrolment token, if it was not voided
/// @param revision rises with each change
public record Administrator(
    Id id,
    Name name,
    Scope scope,
    AdministratorState state,
    Optional<Key> key,
    Optional<Token> token,
    Instant createdAt,
    long revision) {

  /// What it may do, and how long its SVIDs live.
  ///
  /// @param owners a registrar's; everybody else has none
  public record Scope(AdministratorRole role, Set<Id> owners, Duration svidTtl) {
    public Scope {
      owners = Set.copyOf(owners);
    }
  }

  /// @param digest of the public key; renewals are for this one only
  /// @param svidNotAfter of the newest SVID
  public record Key(Sha256 digest, Instant svidNotAfter) {}

  /// An enrolment token; never its secret.
  ///
  /// @param redeemedBy digest of the key that redeemed it
  public record Token(Sha256 secretDigest, Instant expiresAt, Optional<Sha256> redeemedBy) {}

  /// With another scope, one revision later.
  public Administrator with(Scope changed) {
    return new Administrator(id, name, changed, state, key, token, createdAt, revision + 1);
  }

  /// In another state, one revision later. Whoever is not active has no token that could be
  /// redeemed; whoever becomes active has no key: the one before may be in other hands.
  public Administrator in(AdministratorState changed) {
    return new Administrator(
        id,
        name,
        scope,
        changed,
        changed == AdministratorState.ACTIVE ? Optional.empty() : key,
        changed == AdministratorState.ACTIVE ? token : Optional.empty(),
        createdAt,
        revision + 1);
  }

  /// With another token, in place of the one before.
  public Administrator with(Token other) {
    return new Administrator(
        id, name, scope, state, key, Optional.of(other), createdAt, revision + 1);
  }

  /// After an SVID was issued.
  public Administrator certified(Key pinned, Optional<Token> used) {
    return new Administrator(
        id, name, scope, state, Optional.of(pinned), used, createdAt, revision);
  }

  /// The next revision of the same.
  public Administrator revised() {
    return new Administrator(id, name, scope, state, key, token, createdAt, revision + 1);
  }
}
