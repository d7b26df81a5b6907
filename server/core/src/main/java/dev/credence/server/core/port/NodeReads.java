package dev.credence.server.core.port;

import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.server.core.model.JoinTokenRecord;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.Page;
import java.util.List;
import java.util.Optional;

/// The part of [Nodes] that only looks.
public interface NodeReads {
  Optional<Node> find(Id id);

  Optional<Node> byKey(Sha256 key);

  Page<Node> list(Page.Request page);

  List<Node> all();

  Optional<JoinTokenRecord> token(Sha256 secretDigest);
}
