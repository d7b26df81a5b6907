package dev.credence.certs;

import java.util.Optional;

/**
 * What a SPIFFE ID of Credence stands for. The path is stable and small; authority never lives in
 * it. Immutable.
 */
public sealed interface Identity {

  /**
   * An AI agent, {@code /agent/owner/name}.
   *
   * @param owner the accountable team
   * @param name the agent's name within it
   */
  record Agent(Name owner, Name name) implements Identity {
    @Override
    public SpiffeId in(TrustDomain trustDomain) {
      return SpiffeId.of(trustDomain, "agent", owner.value(), name.value());
    }
  }

  /**
   * A tool service or another workload that is no agent, {@code /service/owner/name}.
   *
   * @param owner the accountable team
   * @param name the service's name within it
   */
  record Service(Name owner, Name name) implements Identity {
    @Override
    public SpiffeId in(TrustDomain trustDomain) {
      return SpiffeId.of(trustDomain, "service", owner.value(), name.value());
    }
  }

  /**
   * A node, {@code /node/id}.
   *
   * @param id the id that the server gave it
   */
  record Node(Id id) implements Identity {
    @Override
    public SpiffeId in(TrustDomain trustDomain) {
      return SpiffeId.of(trustDomain, "node", id.toString());
    }
  }

  /** The server, {@code /server}. */
  record Server() implements Identity {
    @Override
    public SpiffeId in(TrustDomain trustDomain) {
      return SpiffeId.of(trustDomain, "server");
    }
  }

  /**
   * An administrator, {@code /admin/name}.
   *
   * @param name the person's name
   */
  record Administrator(Name name) implements Identity {
    @Override
    public SpiffeId in(TrustDomain trustDomain) {
      return SpiffeId.of(trustDomain, "admin", name.value());
    }
  }

  /** The SPIFFE ID of this identity in a trust domain. */
  SpiffeId in(TrustDomain trustDomain);

  /**
   * What the id stands for; empty if its path has none of the shapes above, as other SPIFFE
   * implementations' ids do.
   */
  static Optional<Identity> of(SpiffeId id) {
    String[] segments = id.path().split("/", -1);
    try {
      return switch (segments.length) {
        case 2 -> segments[1].equals("server") ? Optional.of(new Server()) : Optional.empty();
        case 3 -> ofTwo(segments[1], segments[2]);
        case 4 -> ofThree(segments[1], segments[2], segments[3]);
        default -> Optional.empty();
      };
    } catch (IllegalArgumentException notOurs) {
      // A legal SPIFFE path whose names are not legal names here.
      return Optional.empty();
    }
  }

  private static Optional<Identity> ofTwo(String kind, String value) {
    return switch (kind) {
      case "node" -> Optional.of(new Node(Id.parse(value)));
      case "admin" -> Optional.of(new Administrator(new Name(value)));
      default -> Optional.empty();
    };
  }

  private static Optional<Identity> ofThree(String kind, String owner, String name) {
    return switch (kind) {
      case "agent" -> Optional.of(new Agent(new Name(owner), new Name(name)));
      case "service" -> Optional.of(new Service(new Name(owner), new Name(name)));
      default -> Optional.empty();
    };
  }
}
