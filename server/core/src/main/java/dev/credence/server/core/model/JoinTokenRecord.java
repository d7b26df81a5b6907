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
    Optional<Redemption> redeemed,
    Origin origin) {
  public JoinTokenRecord {
    labels = Map.copyOf(labels);
  }

  /// Of nobody in particular.
  public JoinTokenRecord(
      Sha256 secretDigest,
      Map<String, String> labels,
      Instant expiresAt,
      Optional<Redemption> redeemed) {
    this(secretDigest, labels, expiresAt, redeemed, new Origin("", Optional.empty()));
  }

  /// By which key, for which node.
  public record Redemption(Sha256 nodeKey, Id nodeId) {}

  /// Who made it, and whether it still counts.
  ///
  /// @param by label of the [Actor]; empty: not known
  /// @param voidedAt when its maker lost the right to make any, before it was redeemed
  public record Origin(String by, Optional<Instant> voidedAt) {}
}
