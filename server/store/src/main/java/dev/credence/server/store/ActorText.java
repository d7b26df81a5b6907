package dev.credence.server.store;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.server.core.model.Actor;

/// Who did it, as one column: `KIND` or `KIND:VALUE`.
final class ActorText {
  private ActorText() {}

  static String of(Actor actor) {
    return switch (actor) {
      case Actor.LocalUid local -> "uid:" + local.uid();
      case Actor.Node node -> "node:" + node.id();
      case Actor.Administrator administrator -> "admin:" + administrator.name();
      case Actor.Svid svid -> "svid:" + svid.spiffeId();
      case Actor.Anonymous anonymous -> "anonymous:" + anonymous.address();
      case Actor.Server _ -> "server:";
    };
  }

  static Actor parse(String text) {
    int colon = text.indexOf(':');
    String kind = colon < 0 ? "" : text.substring(0, colon);
    String value = text.substring(colon + 1);
    return switch (kind) {
      case "uid" -> new Actor.LocalUid(Integer.parseInt(value));
      case "node" -> new Actor.Node(Id.parse(value));
      case "admin" -> new Actor.Administrator(new Name(value));
      case "svid" -> new Actor.Svid(value);
      case "anonymous" -> new Actor.Anonymous(value);
      case "server" -> new Actor.Server();
      default -> throw new IllegalArgumentException("stored actor of unknown kind");
    };
  }
}
