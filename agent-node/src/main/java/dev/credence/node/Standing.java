package dev.credence.node;

import java.util.List;

/// How the node answers a process now.
sealed interface Standing {
  /// Not decided yet; streams wait.
  record Pending() implements Standing {}

  /// Some registration leads to the process.
  ///
  /// @param identities in a stable order, the first is the default; empty as long as no stream
  ///   asked for an SVID
  record Entitled(List<HeldIdentity> identities) implements Standing {
    public Entitled {
      identities = List.copyOf(identities);
    }
  }

  /// It may not have an identity. Its streams end, and asking again changes nothing by itself.
  ///
  /// @param message for the caller
  /// @param told for the server's events; the caller doesn't learn it
  record Denied(RefusalReason reason, String message, Refusal.Told told) implements Standing {
    static Denied of(RefusalReason reason, String message) {
      return new Denied(reason, message, Refusal.Told.of(message));
    }

    /// Nothing that could be believed was found out about the process.
    static Denied unattestable(RefusalReason reason, String detail) {
      return new Denied(reason, "workload attestation failed", Refusal.Told.of(detail));
    }
  }

  /// Not at the moment. Its streams end, and it should ask again.
  record NotNow(String message) implements Standing {}
}
