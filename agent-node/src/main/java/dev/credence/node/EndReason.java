package dev.credence.node;

/// Why the node ends an execution.
enum EndReason {
  /// Its process is no more.
  PROCESS_EXITED("process-exited"),
  /// Its process runs another program, or what was attested of it is not so any more.
  PROCESS_CHANGED("process-changed"),
  /// Another process traces it (ptrace), and could make it do anything.
  TRACED("process-traced"),
  /// The code that its registration names is not what it runs any more: the file was replaced or
  /// written.
  CODE_CHANGED("code-changed"),
  /// It is not in the control group any more in which it was attested.
  CGROUP_LEFT("cgroup-left"),
  /// It runs as another user, or in other groups, than when it was attested.
  CREDENTIALS_CHANGED("credentials-changed"),
  /// It is less apart from others than its agent or service demands.
  ISOLATION_LOST("isolation-lost"),
  /// Nobody could tell: nothing is known against the process, which whoever fills the machine with
  /// processes must not bring about.
  ISOLATION_UNSEEN("isolation-lost"),
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

  /// True if it says something about the process, which goes on: that it was not, or may not have
  /// been, what it was attested to be.
  boolean isOfProcess() {
    return switch (this) {
      case PROCESS_CHANGED,
          TRACED,
          CODE_CHANGED,
          CGROUP_LEFT,
          CREDENTIALS_CHANGED,
          ISOLATION_LOST ->
          true;
      case ISOLATION_UNSEEN, PROCESS_EXITED, CONNECTION_CLOSED, UNREGISTERED, BARRED -> false;
    };
  }
}
