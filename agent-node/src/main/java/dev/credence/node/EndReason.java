package dev.credence.node;

/// Why the node ends an execution.
enum EndReason {
  /// Its process is no more.
  PROCESS_EXITED("process-exited"),
  /// Its process runs another program, or what was attested of it is not so any more.
  PROCESS_CHANGED("process-changed"),
  /// The TCP connection that it hung on is closed.
  CONNECTION_CLOSED("connection-closed"),
  /// Its registration was removed, or does not lead to it any more.
  UNREGISTERED("unregistered"),
  /// What it is registered as was barred on this node.
  BARRED("barred");

  private final String label;

  EndReason(String label) {
    this.label = label;
  }

  /// The word for it on the wire.
  String label() {
    return label;
  }
}
