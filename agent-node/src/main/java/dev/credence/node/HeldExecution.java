package dev.credence.node;

import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import java.time.Instant;
import java.util.Optional;

/// An execution that the server opened for a process of this node.
///
/// @param registrationId the registration that led to it
/// @param essence of the registration at the last issue; empty: not known
/// @param svid its certificate; empty: the execution was begun before this daemon started, and its
///   key was lost with the earlier one
/// @param outlivesProcess it ends with its SVID; the server does not end it with its process
record HeldExecution(
    Id id,
    Id subjectId,
    Id registrationId,
    Optional<Sha256> essence,
    Optional<HeldSvid> svid,
    boolean outlivesProcess) {
  /// One from before this daemon's start.
  HeldExecution(Id id, Id subjectId, Id registrationId) {
    this(id, subjectId, registrationId, Optional.empty(), Optional.empty(), false);
  }

  /// True if the registration says all that matters as it did when the certificate was issued.
  boolean isUnder(Registration registration) {
    return essence.filter(registration.essence()::equals).isPresent();
  }

  /// False: it was opened under another name, or to end with something else.
  boolean isOf(Subject subject) {
    return svid.filter(one ->
            !one.id().equals(subject.spiffeId()) || outlivesProcess != subject.outlivesProcess())
        .isEmpty();
  }

  /// True if its certificate need not be renewed yet.
  boolean isFresh(Match match, Instant now) {
    return isUnder(match.registration())
        && svid.filter(one -> now.isBefore(one.renewAt())).isPresent();
  }
}
