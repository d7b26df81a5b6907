package dev.credence.server.rpc;

/// The columns of {@link CallTable}: what a caller can be, as far as permissions go.
public enum CallerKind {
  /// Over TLS, without a certificate.
  ANONYMOUS,
  /// Over TLS, with the SVID of a node.
  NODE,
  /// Over TLS, with a node's SVID that has run out.
  EXPIRED_NODE,
  /// Over TLS, with the SVID of an agent.
  AGENT,
  /// Over TLS, with the SVID of a service.
  SERVICE,
  /// Over TLS, with the SVID of an administrator. What it may do within a method is decided in the
  /// use case, by its record.
  ADMINISTRATOR,
  /// Over TLS, with another SVID of this trust domain: the server's own, a foreign shape.
  OTHER_SVID,
  /// Over the local socket, as a user who may administer.
  LOCAL_ADMINISTRATOR,
  /// Over the local socket, as anybody else.
  LOCAL_OTHER
}
