package dev.credence.server.core;

import dev.credence.server.core.model.RequestId;
import java.util.Optional;

/// How a change is asked for.
///
/// @param request empty only in a dry run
/// @param reason why, for the events; may be empty
/// @param dryRun say what would change; change nothing
/// @param expectedRevision refused if the thing has another one by now; 0: whatever it has
public record ChangeAsk(
    Optional<RequestId> request, String reason, boolean dryRun, long expectedRevision) {

  /// To be done, whatever the revision.
  public static ChangeAsk now(RequestId request, String reason) {
    return new ChangeAsk(Optional.of(request), reason, false, 0);
  }

  /// Only to be told.
  public static ChangeAsk dry() {
    return new ChangeAsk(Optional.empty(), "", true, 0);
  }

  /// Passes if the caller knows the newest revision, or doesn't mind.
  void requireRevision(String thing, long revision) throws ServerException {
    if (expectedRevision != 0 && expectedRevision != revision) {
      throw new ServerException(
          ServerException.Kind.STALE,
          Texts.format(
              "%s: revision %d (expected: %d; look at it again)",
              thing, revision, expectedRevision));
    }
  }
}
