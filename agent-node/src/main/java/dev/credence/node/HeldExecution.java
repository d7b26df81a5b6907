package dev.credence.node;

import dev.credence.certs.Id;
import java.time.Instant;
import java.util.Optional;

/// An execution that the server opened for a process of this node.
///
/// @param registrationId the registration that led to it
/// @param revision of the registration at the last issue
/// @param svid its certificate; empty: the execution was begun before this daemon started, and its
///   key was lost with the earlier one
/// @param outlivesProcess it ends with its SVID; the server does not end it with its process
record HeldExecution(
    Id id,
    Id subjectId,
    Id registrationId,
    long revision,
    Optional<HeldSvid> svid,
    boolean outlivesProcess) {
  HeldExecution(Id id, Id subjectId, Id registrationId, long revision, Optional<HeldSvid> svid) {
    this(id, subjectId, registrationId, revision, svid, false);
  }

  /// False: it was opened under another name, or to end with something else.
  boolean isOf(Subject subject) {
    return svid.filter(one ->
            !one.id().equals(subject.spiffeId()) || outlivesProcess != subject.outlivesProcess())
        .isEmpty();
  }

  /// True if its certificate need not be renewed yet.
  boolean isFresh(Match match, Instant now) {
    return revision == match.registration().revision()
        && svid.filter(one -> now.isBefore(one.renewAt())).isPresent();
  }
}
