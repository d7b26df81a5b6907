package dev.credence.server.core.model;

import dev.credence.certs.ExecutionKind;
import dev.credence.certs.Id;
import java.time.Instant;
import java.util.Optional;

/// One run of one agent or service on one attested process.
public record Execution(
    Id id,
    ExecutionKind kind,
    Host host,
    Attestation attestation,
    Instant beganAt,
    Optional<End> end,
    Tie tie) {

  /// One that ends with its process.
  public Execution(
      Id id,
      ExecutionKind kind,
      Host host,
      Attestation attestation,
      Instant beganAt,
      Optional<End> end) {
    this(id, kind, host, attestation, beganAt, end, Tie.to(Lifetime.PROCESS));
  }

  /// Whose run, through which registration, on which node.
  public record Host(Id subjectId, Id registrationId, Id nodeId) {}

  /// When and why it ended. Ended is final.
  public record End(Instant at, String reason) {}

  /// What it hangs on; decided when it begins, and never changed.
  ///
  /// @param detachedAt since when its process is gone, or runs something else; empty: it is there
  public record Tie(Lifetime lifetime, Optional<Instant> detachedAt) {
    public Tie {
      if (lifetime == Lifetime.PROCESS && detachedAt.isPresent()) {
        throw new IllegalArgumentException(
            "detached: an execution that ends with its process (expected: one that ends with its SVID)");
      }
    }

    /// With its process there.
    public static Tie to(Lifetime lifetime) {
      return new Tie(lifetime, Optional.empty());
    }
  }

  /// The same one, ended.
  public Execution ended(End how) {
    return new Execution(id, kind, host, attestation, beganAt, Optional.of(how), tie);
  }

  /// The same one on a newer look at its process, which is there.
  public Execution attested(Attestation newest) {
    return new Execution(id, kind, host, newest, beganAt, end, Tie.to(tie.lifetime));
  }

  /// The same one without its process.
  public Execution detached(Instant at) {
    var loose = new Tie(tie.lifetime, Optional.of(at));
    return new Execution(id, kind, host, attestation, beganAt, end, loose);
  }

  /// The same one through another registration.
  public Execution through(Id registration) {
    var there = new Host(host.subjectId, registration, host.nodeId);
    return new Execution(id, kind, there, attestation, beganAt, end, tie);
  }

  /// True if it goes on without its process.
  public boolean isDetached() {
    return running() && tie.detachedAt.isPresent();
  }

  /// True while it runs.
  public boolean running() {
    return end.isEmpty();
  }
}
