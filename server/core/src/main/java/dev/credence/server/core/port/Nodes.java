package dev.credence.server.core.port;

import dev.credence.server.core.model.JoinTokenRecord;
import dev.credence.server.core.model.Node;
import java.time.Instant;

/// Nodes and join tokens.
public interface Nodes extends NodeReads {
  void insert(Node node);

  void update(Node node);

  void insert(JoinTokenRecord token);

  /// Forgets up to `limit` tokens that expired before that time, spent ones too: what is not known
  /// is refused as well.
  void forgetTokens(Instant expiredBefore, int limit);

  void update(JoinTokenRecord token);

  /// Voids the unexpired tokens of that maker that nobody redeemed.
  ///
  /// @param by label of the maker
  /// @return how many
  int voidTokens(String by, Instant at);
}
