package dev.credence.node;

/// Why the node refused a caller on its own.
enum RefusalReason {
  /// No registration leads to the process.
  UNREGISTERED("unregistered"),
  /// A registration leads to it, but its agent or service is suspended or retired, or its owner is.
  WITHHELD("withheld"),
  /// A registration fits, but demands more isolation or a higher level of code.
  BELOW_MINIMUM("below-minimum"),
  /// What it is registered as is barred on this node.
  BARRED("barred"),
  /// The server does not accept this node (any more).
  SHUT_OUT("shut-out"),
  /// It runs another program than when it connected.
  MARK_CHANGED("mark-changed"),
  /// Nothing that could be believed can be read of it.
  UNATTESTABLE("unattestable"),
  /// The SPIFFE security header was missing.
  MISSING_HEADER("missing-header"),
  /// It has too many calls open.
  LIMIT("limit"),
  /// It asked about another user's process.
  NOT_ITS_OWN("not-its-own"),
  /// It wanted a program started that must not be.
  LAUNCH("launch"),
  /// It asked for a JWT-SVID of an identity that has none, or that is not its own.
  NO_JWT("no-jwt");

  private final String label;

  RefusalReason(String label) {
    this.label = label;
  }

  /// The word for it on the wire and in metrics.
  String label() {
    return label;
  }
}
