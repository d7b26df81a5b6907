package dev.credence.server.core.model;

import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// What the server keeps of a join token: never its secret.
public record JoinTokenRecord(
    Sha256 secretDigest,
    Map<String, String> labels,
    Instant expiresAt,
    Optional<Redemption> redeemed) {
  public JoinTokenRecord {
    labels = Map.copyOf(labels);
  }

  /// By which key, for which node.
  public record Redemption(Sha256 nodeKey, Id nodeId) {}
}
