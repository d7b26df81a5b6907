package dev.credence.server.core.port;

import dev.credence.server.core.model.JoinTokenRecord;
import dev.credence.server.core.model.Node;

/// Nodes and join tokens.
public interface Nodes extends NodeReads {
  void insert(Node node);

  void update(Node node);

  void insert(JoinTokenRecord token);

  void update(JoinTokenRecord token);
}
