package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Bar;
import java.util.List;

/// Something that a node is told on its stream.
public sealed interface Push {

  /// Registrations that are meant for the node changed.
  ///
  /// @param previous number of the update before on this stream; 0 with `full`
  /// @param full `registrations` is everything that is meant for the node
  /// @param registrations new or changed
  /// @param removed not meant for the node any more
  record RegistryPush(
      Id epoch,
      long previous,
      long number,
      boolean full,
      List<RegistryEntry> registrations,
      List<Id> removed)
      implements Push {
    public RegistryPush {
      registrations = List.copyOf(registrations);
      removed = List.copyOf(removed);
    }
  }

  /// The trust domain's authorities.
  record BundlePush(TrustBundle trust) implements Push {}

  /// Hosted executions that somebody else than the node ended.
  record EndedPush(List<Ended> executions) implements Push {
    public EndedPush {
      executions = List.copyOf(executions);
    }
  }

  /// Agents and services that are barred on the node: all of them, each time.
  record BarsPush(List<Bar> bars) implements Push {
    public BarsPush {
      bars = List.copyOf(bars);
    }
  }

  /// One ended execution.
  record Ended(Id execution, String reason) {}

  /// The last one: close the stream; the node may open a new one, except after REPLACED.
  record Over(Cause cause) implements Push {}

  /// Why a stream is over.
  enum Cause {
    /// The same node opened a newer one.
    REPLACED,
    /// The server loaded its state again after trouble with the database, or the node was too slow:
    /// begin anew.
    RESTART,
    /// The node was taken out of service, and so was everything that it holds.
    SHUT_OUT,
    /// The server stops.
    STOPPING
  }
}
