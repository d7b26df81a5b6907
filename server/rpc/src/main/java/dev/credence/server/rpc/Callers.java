package dev.credence.server.rpc;

import dev.credence.certs.Identity;
import dev.credence.certs.PeerSvid;
import dev.credence.certs.SvidException;
import dev.credence.server.core.ServerException;
import dev.credence.transport.CallerSvid;
import dev.credence.transport.Peer;
import io.grpc.Grpc;
import io.grpc.ServerCall;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;

/// Establishes who makes a call: on the local socket by what the kernel says of the peer, over TLS
/// by the chain of the connection, verified again for this call.
final class Callers {
  private final CallerSvid svids;
  private final AdminAccess admins;

  Callers(CallerSvid svids, AdminAccess admins) {
    this.svids = svids;
    this.admins = admins;
  }

  /// A chain that does not hold (any more) makes its holder nobody, not anonymous.
  ///
  /// @throws RefusedSvid with the reason
  /// @throws ServerException UNAVAILABLE: who it is cannot be known now
  Caller of(ServerCall<?, ?> call) throws RefusedSvid, ServerException {
    Optional<Peer> peer = Peer.of(call);
    if (peer.isPresent()) {
      return local(peer.get());
    }
    try {
      return svids
          .verify(call)
          .map(Callers::holder)
          .orElseGet(() -> new Caller.Anonymous(address(call)));
    } catch (SvidException e) {
      if (e.reason() == SvidException.Reason.EXPIRED) {
        return returning(call)
            .orElseThrow(() -> new RefusedSvid(new Caller.Anonymous(address(call)), e));
      }
      throw new RefusedSvid(new Caller.Anonymous(address(call)), e);
    }
  }

  /// A node whose SVID has run out may be on its way back; of others it means nothing.
  private Optional<Caller> returning(ServerCall<?, ?> call) {
    try {
      return svids
          .expired(call)
          .flatMap(svid ->
              svid.identity().orElse(null) instanceof Identity.Node node
                  ? Optional.of(
                      new Caller.ExpiredNode(
                          node.id(),
                          svid.serial(),
                          svid.spkiDigest(),
                          svid.notAfter(),
                          address(call)))
                  : Optional.empty());
    } catch (SvidException e) {
      return Optional.empty(); // the first reason stands
    }
  }

  private Caller local(Peer peer) throws ServerException {
    int uid = peer.credentials().uid();
    return admins
        .refusal(peer)
        .map(why -> new Caller.Local(CallerKind.LOCAL_OTHER, uid, why))
        .orElseGet(() -> new Caller.Local(CallerKind.LOCAL_ADMINISTRATOR, uid, ""));
  }

  private static Caller holder(PeerSvid svid) {
    Identity identity = svid.identity().orElse(null);
    return switch (identity) {
      case Identity.Node node -> new Caller.Node(node.id(), svid.serial(), svid.spkiDigest());
      case Identity.Administrator admin ->
          new Caller.Administrator(admin.name(), svid.spkiDigest(), svid.notAfter());
      case Identity.Agent _ -> new Caller.Svid(CallerKind.AGENT, svid.id());
      case Identity.Service _ -> new Caller.Svid(CallerKind.SERVICE, svid.id());
      case Identity.Server _ -> new Caller.Svid(CallerKind.OTHER_SVID, svid.id());
      case null -> new Caller.Svid(CallerKind.OTHER_SVID, svid.id());
    };
  }

  // Without the port, which is another for each connection.
  private static String address(ServerCall<?, ?> call) {
    SocketAddress address = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    return address instanceof InetSocketAddress internet && internet.getAddress() != null
        ? internet.getAddress().getHostAddress()
        : "unknown";
  }

  /// A presented SVID that was refused.
  static final class RefusedSvid extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Caller caller;

    RefusedSvid(Caller caller, SvidException cause) {
      super(cause.getMessage(), cause);
      this.caller = caller;
    }

    Caller caller() {
      return caller;
    }
  }

  /// For those who need it as a refusal of the usual kind.
  static ServerException asRefusal(RefusedSvid e) {
    return new ServerException(ServerException.Kind.REFUSED, String.valueOf(e.getMessage()), e);
  }
}
