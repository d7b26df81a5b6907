package dev.credence.node;

import dev.credence.attestors.join.ServerAddress;
import dev.credence.certs.Sha256;
import dev.credence.certs.TrustDomain;
import dev.credence.transport.TlsIdentity;
import io.grpc.ManagedChannel;
import java.security.cert.CertificateException;
import java.util.Set;
import java.util.function.Consumer;

/// Connects to the server.
interface Dialer {
  /// For a node without an SVID: to a server below an authority with one of these keys, and to no
  /// other.
  ///
  /// @param pins digests of the authorities' keys
  ManagedChannel firstContact(ServerAddress server, TrustDomain trustDomain, Set<Sha256> pins);

  /// For a node with an SVID, valid or not.
  ///
  /// @param refused told of each server whose chain does not hold; must not block
  ManagedChannel withSvid(
      ServerAddress server, TlsIdentity self, Consumer<CertificateException> refused);
}
