package dev.credence.node;

/// Told when the node has come to a named point: for tests that stop the process there. Called on
/// the thread that does the work, sometimes with a lock held; it never throws.
@FunctionalInterface
public interface PointListener {
  /// The node is there.
  void reached(Point point);

  /// Listens to nothing.
  static PointListener none() {
    return point -> {};
  }

  /// Where a node can be interrupted: between two things of which one is kept or known elsewhere,
  /// and the other is not yet.
  enum Point {
    /// A key of the node's own is on the disk; nobody has seen it.
    KEY_WRITTEN,
    /// The server was sent the proof and the request for a certificate, at the first contact.
    JOIN_SENT,
    /// It has answered; nothing of it is on the disk.
    JOIN_ANSWERED,
    /// Trust domain and addresses are on the disk.
    SERVER_KEPT,
    /// The authorities are on the disk; nobody was told that they are.
    BUNDLE_KEPT,
    /// A machine joins again: the old SVID is gone from the disk, the old key is there.
    OLD_SVID_REMOVED,
    /// The new key has taken the old one's place; it has no SVID on the disk.
    KEY_REPLACED,
    /// The node's own SVID is on the disk; it is not used yet.
    SVID_KEPT,
    /// The join token's file is gone.
    TOKEN_FORGOTTEN,
    /// The node's own SVID was renewed; the new one is not on the disk.
    RENEWAL_ANSWERED,
    /// The stream was asked for.
    STREAM_OPENED,
    /// The server has said what runs here; nothing was answered.
    WELCOMED,
    /// It was answered.
    SETTLED,
    /// Registrations and the cursor behind them are known; no process was looked at since.
    CURSOR_MOVED,
    /// A process has a key; no certificate was asked for.
    PROCESS_KEY_MADE,
    /// The certificate of a new execution is here; no stream was told.
    EXECUTION_OPENED,
    /// The new certificate of a running execution is here; no stream was told.
    EXECUTION_RENEWED,
    /// An execution has ended here; the server does not know.
    END_FOUND,
    /// The server knows.
    END_REPORTED
  }
}
