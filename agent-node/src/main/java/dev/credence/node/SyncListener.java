package dev.credence.node;

import dev.credence.certs.Id;
import dev.credence.certs.JwtBundle;
import java.time.Duration;
import java.util.List;

/// What the server says on the sync stream; one call at a time, on a thread that may block.
interface SyncListener {
  /// How often to renew the lease on this stream. Comes before the welcome; if it does not, a
  /// server from before left it to the node.
  void renewLeaseEvery(Duration pause);

  /// The first message, and the stream to answer on.
  void welcome(SyncStream stream, List<HostedByServer> hosted);

  /// The registry changed.
  void registry(RegistryChange change);

  /// The authorities of the trust domain changed.
  void bundle(BundleNews bundle);

  /// The JWT authorities of the trust domain, as they are now.
  ///
  /// @param tainted ids of those of them that are not to be relied on any more
  void jwtBundle(JwtBundle bundle, List<String> tainted);

  /// These agents and services are barred on this node, and no others. Comes before the welcome,
  /// and whenever it changed.
  void bars(List<Bar> bars);

  /// The server ended an execution.
  void ended(Id execution, String reason);

  /// The stream is over; the last call.
  void closed(String why);

  /// The server does not accept this node (any more); the last call.
  void shutOut(String why);

  /// The stream is over because the server has another one of this node; the last call.
  void replaced(String why);
}
