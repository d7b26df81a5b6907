package dev.credence.node;

/// Everything that a node with an SVID asks of its server.
interface ServerPort extends ExecutionCalls {
  /// A new certificate for the node itself.
  NodeCertificate renewNode(byte[] csr) throws CallException;

  /// Opens the stream that keeps the node in step.
  SyncStream sync(SyncOpening opening, SyncListener listener);

  /// Connects anew for what follows, with the SVID that the node has now.
  void refresh();

  /// The server of the moment was lost: what follows goes to the next one, from the next
  /// [#refresh()] on. Nothing, if there is only one.
  void turnAway();
}
