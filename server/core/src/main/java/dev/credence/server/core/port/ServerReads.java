package dev.credence.server.core.port;

import dev.credence.certs.Id;
import dev.credence.server.core.model.NodeLink;
import dev.credence.server.core.model.PublishedCrl;
import dev.credence.server.core.model.ServerRecord;
import java.util.List;
import java.util.Optional;

/// The part of [Servers] that only looks.
public interface ServerReads {
  /// All that ever ran on this database, in order of their first start.
  List<ServerRecord> all();

  /// Where the node's newest stream is; empty: it never had one.
  Optional<NodeLink> link(Id node);

  /// Those of all nodes.
  List<NodeLink> links();

  /// The newest list of that authority.
  Optional<PublishedCrl> crl(Id authority);
}
