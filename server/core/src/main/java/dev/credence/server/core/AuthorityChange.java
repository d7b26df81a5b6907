package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.model.AuthorityState;
import dev.credence.server.core.model.CertificateRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What a change of an authority did, or would do.
///
/// @param authority as it is now; if it was only asked, as it would be
/// @param before empty: it did not exist
/// @param effects what hung on it
/// @param dryRun nothing was changed
public record AuthorityChange(
    AuthorityView authority, Optional<AuthorityState> before, Effects effects, boolean dryRun) {

  /// What hangs on an authority.
  ///
  /// @param replaced the active one that becomes old
  /// @param unacknowledged nodes that have not acknowledged a bundle with it
  /// @param examples some of the live certificates
  /// @param renewWithin over how long renewals are spread; zero: nothing is renewed
  public record Effects(
      Optional<Id> replaced,
      List<Id> unacknowledged,
      List<CertificateRecord> examples,
      Duration renewWithin) {
    /// Copies.
    public Effects {
      unacknowledged = List.copyOf(unacknowledged);
      examples = List.copyOf(examples);
    }

    static Effects none() {
      return new Effects(Optional.empty(), List.of(), List.of(), Duration.ZERO);
    }
  }
}
