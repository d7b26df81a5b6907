package dev.credence.server.core.model;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import java.util.Optional;
import java.util.Set;

/// A human known here. Who cannot be resolved to a person can be accountable for nothing.
///
/// @param administrator name in an administrator's SVID
/// @param localUids uids on the server's host that stand for this person
/// @param revision rises with each change
public record Person(
    Id id,
    Name name,
    Optional<OidcSubject> oidc,
    Optional<Name> administrator,
    Set<Integer> localUids,
    long revision) {
  public Person {
    localUids = Set.copyOf(localUids);
  }

  /// As it is made.
  public Person(
      Id id,
      Name name,
      Optional<OidcSubject> oidc,
      Optional<Name> administrator,
      Set<Integer> localUids) {
    this(id, name, oidc, administrator, localUids, 1);
  }
}
