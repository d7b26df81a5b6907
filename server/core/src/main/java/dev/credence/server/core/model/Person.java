package dev.credence.server.core.model;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import java.util.Optional;
import java.util.Set;

/// A human known here. Who cannot be resolved to a person can be accountable for nothing.
///
/// @param administrator name in an administrator's SVID
/// @param localUids uids on the server's host that stand for this person
public record Person(
    Id id,
    Name name,
    Optional<OidcSubject> oidc,
    Optional<Name> administrator,
    Set<Integer> localUids) {
  public Person {
    localUids = Set.copyOf(localUids);
  }
}
