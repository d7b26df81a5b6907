package dev.credence.server.core.port;

import dev.credence.server.core.model.RequestId;
import java.util.Optional;

/// The part of [Requests] that only looks.
public interface RequestReads {
  Optional<Requests.Answer> find(String actor, RequestId id);
}
