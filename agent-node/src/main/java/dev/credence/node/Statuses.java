package dev.credence.node;

import dev.credence.node.Standing.Denied;
import dev.credence.node.Standing.NotNow;
import io.grpc.Status;

/// The one place where the node's answers become gRPC statuses (SPIFFE Workload API, section 4.2 of
/// the Workload Endpoint). A stream never ends with OK: some clients would not come back.
final class Statuses {
  private Statuses() {}

  static Status of(Standing last) {
    return switch (last) {
      case Denied(RefusalReason reason, String message, _) ->
          (reason == RefusalReason.LIMIT ? Status.RESOURCE_EXHAUSTED : Status.PERMISSION_DENIED)
              .withDescription(message);
      case NotNow(String message) -> Status.UNAVAILABLE.withDescription(message);
      case Standing.Pending _, Standing.Entitled _ ->
          throw new IllegalArgumentException("a standing that ends nothing");
    };
  }
}
