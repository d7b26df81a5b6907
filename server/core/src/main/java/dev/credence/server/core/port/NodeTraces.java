package dev.credence.server.core.port;

import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import java.time.Instant;

/// By what a node's data folder is noticed to be in use twice.
public interface NodeTraces extends NodeTraceReads {
  /// Of each node the newest this many starts and renewals are kept: months, usually.
  int KEPT = 256;

  /// A start settled for the first time. Older ones than the newest [#KEPT] are forgotten.
  void settled(Id node, Id start, Instant at);

  /// A start that settled before opens a stream after another one did.
  ///
  /// @return how often it did so, this time included
  int returned(Id node, Id start);

  /// The node renewed its SVID from one serial to another. Older ones than the newest [#KEPT] are
  /// forgotten.
  void renewed(Id node, String fromSerial, String toSerial);

  /// The node showed this serial.
  void used(Id node, String serial);

  /// An administrator took the node back, with this key pinned for it.
  void decided(Id node, Sha256 key);

  /// Begins anew; what was decided stays.
  void forget(Id node);
}
