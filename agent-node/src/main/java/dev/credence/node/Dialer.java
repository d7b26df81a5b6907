package dev.credence.node;

import dev.credence.attestors.join.JoinToken;
import dev.credence.attestors.join.ServerAddress;
import dev.credence.transport.TlsIdentity;
import io.grpc.ManagedChannel;
import java.security.cert.CertificateException;
import java.util.function.Consumer;

/// Connects to the server.
interface Dialer {
  /// For a node without an SVID: to a server that holds one of the token's keys, and to no other.
  ManagedChannel firstContact(ServerAddress server, JoinToken token);

  /// For a node with an SVID, valid or not.
  ///
  /// @param refused told of each server whose chain does not hold; must not block
  ManagedChannel withSvid(
      ServerAddress server, TlsIdentity self, Consumer<CertificateException> refused);
}
