package dev.credence.server.core.model;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.certs.Sha256;
import java.util.Optional;

/// Who caused something.
public sealed interface Actor {
  /// The text in events: "uid:1000", "node:ID", "server", "anonymous:ADDRESS", "svid:SPIFFE-ID".
  String label();

  /// A local user on the administrator's socket.
  record LocalUid(int uid) implements Actor {
    @Override
    public String label() {
      return "uid:" + uid;
    }
  }

  /// A node, known by its SVID.
  record Node(Id id) implements Actor {
    @Override
    public String label() {
      return "node:" + id;
    }
  }

  /// An administrator, known by an SVID.
  ///
  /// @param key digest of the key that the connection shows; empty in events that are read, and
  ///   then nothing is allowed to it
  record Administrator(Name name, Optional<Sha256> key) implements Actor {
    private static final String LABEL = "admin:";

    /// As events name it.
    public Administrator(Name name) {
      this(name, Optional.empty());
    }

    @Override
    public String label() {
      return LABEL + name;
    }

    /// The administrator of that label; empty if it is nobody's of that kind.
    public static Optional<Name> named(String label) {
      return label.startsWith(LABEL)
          ? Optional.of(new Name(label.substring(LABEL.length())))
          : Optional.empty();
    }
  }

  /// Another holder of an SVID of this trust domain.
  record Svid(String spiffeId) implements Actor {
    @Override
    public String label() {
      return "svid:" + spiffeId;
    }
  }

  /// Somebody without an SVID.
  record Anonymous(String address) implements Actor {
    @Override
    public String label() {
      return "anonymous:" + address;
    }
  }

  /// The server itself.
  record Server() implements Actor {
    @Override
    public String label() {
      return "server";
    }
  }
}
