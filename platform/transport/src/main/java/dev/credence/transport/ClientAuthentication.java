package dev.credence.transport;

/// Whether a client must show a certificate. One that it shows must be good in either case.
public enum ClientAuthentication {
  /// A client may come without one, and is then anonymous.
  OPTIONAL,
  /// A client without one is refused in the handshake.
  REQUIRED
}
