package dev.credence.server.rpc;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.certs.Sha256;
import dev.credence.certs.SpiffeId;
import dev.credence.server.core.model.Actor;
import java.time.Instant;
import java.util.Optional;

/// Who makes a call, established by the kernel or by a certificate that was verified for this call.
sealed interface Caller {
  CallerKind kind();

  /// How events name it.
  Actor actor();

  /// Whose share of calls it uses: as events name it, but of an administrator each key has its own,
  /// so that the one that was replaced takes nothing from the one that counts.
  default String share() {
    return actor().label();
  }

  /// Over TLS without a certificate.
  record Anonymous(String address) implements Caller {
    @Override
    public CallerKind kind() {
      return CallerKind.ANONYMOUS;
    }

    @Override
    public Actor actor() {
      return new Actor.Anonymous(address);
    }
  }

  /// A node.
  ///
  /// @param serial of the SVID that its connection shows
  /// @param key digest of its key
  record Node(Id id, String serial, Sha256 key) implements Caller {
    @Override
    public CallerKind kind() {
      return CallerKind.NODE;
    }

    @Override
    public Actor actor() {
      return new Actor.Node(id);
    }
  }

  /// A node whose SVID has run out.
  ///
  /// @param serial of that SVID
  /// @param key digest of its key, which the node holds: the handshake proved it
  /// @param notAfter when it ran out
  /// @param address where it calls from
  record ExpiredNode(Id id, String serial, Sha256 key, Instant notAfter, String address)
      implements Caller {
    @Override
    public CallerKind kind() {
      return CallerKind.EXPIRED_NODE;
    }

    @Override
    public Actor actor() {
      return new Actor.Node(id);
    }
  }

  /// An administrator.
  ///
  /// @param key digest of the key that its connection shows
  /// @param notAfter when the SVID that its connection shows runs out
  record Administrator(Name name, Sha256 key, Instant notAfter) implements Caller {
    @Override
    public CallerKind kind() {
      return CallerKind.ADMINISTRATOR;
    }

    @Override
    public Actor.Administrator actor() {
      return new Actor.Administrator(name, Optional.of(key));
    }

    @Override
    public String share() {
      return actor().label() + " " + key;
    }
  }

  /// Any other SVID of this trust domain.
  ///
  /// @param kind AGENT, SERVICE or OTHER_SVID
  record Svid(CallerKind kind, SpiffeId id) implements Caller {
    @Override
    public Actor actor() {
      return new Actor.Svid(id.toString());
    }
  }

  /// A local user.
  ///
  /// @param kind LOCAL_ADMINISTRATOR or LOCAL_OTHER
  /// @param why LOCAL_OTHER: what is missing, for the caller to read
  record Local(CallerKind kind, int uid, String why) implements Caller {
    @Override
    public Actor actor() {
      return new Actor.LocalUid(uid);
    }
  }
}
