package dev.credence.server.core.port;

import dev.credence.certs.Id;
import dev.credence.server.core.model.NodeLink;
import dev.credence.server.core.model.PublishedCrl;
import dev.credence.server.core.model.ServerRecord;

/// The servers of this database, and which of them has the stream of which node.
public interface Servers extends ServerReads {
  /// A server starts: its row is made or replaced, and the streams that it had are over.
  void begin(ServerRecord server);

  /// Replaces the row of the server with that id.
  void update(ServerRecord server);

  /// A node's stream begins; what was known of the one before is replaced.
  void open(NodeLink link);

  /// The stream is over; nothing, if a newer one was opened since.
  void close(Id node, Id stream);

  /// The node acknowledged that bundle on that stream; nothing, if a newer stream was opened since
  /// or a newer bundle acknowledged.
  void acknowledged(Id node, Id stream, long sequence);

  /// Replaces the authority's list.
  void publish(PublishedCrl list);
}
