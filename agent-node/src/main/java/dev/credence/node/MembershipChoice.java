package dev.credence.node;

import dev.credence.attestors.join.ServerAddress;
import dev.credence.certs.TrustDomain;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Finds out which server the node belongs to: what is configured, what it joined before, what its
/// join token says. They must not contradict each other.
final class MembershipChoice {
  private final NodeConfig.Server config;

  MembershipChoice(NodeConfig.Server config) {
    this.config = config;
  }

  Membership choose(NodeFiles files, Optional<Membership> invited)
      throws StartException, IOException {
    Optional<Membership> joined = files.membership();
    Membership known =
        joined
            .or(() -> invited)
            .orElseThrow(() ->
                new StartException(
                    Text.of(
                            "this node belongs to no server yet: join_token_file is %s (expected: a token made",
                            config
                                .joinTokenFile()
                                .map(file -> file + ", which is not there")
                                .orElse("not set"))
                        + " with credence node token create)"));
    TrustDomain expected = config.trustDomain().orElse(known.trustDomain());
    requireSame(
        expected,
        known.trustDomain(),
        joined.isPresent() ? "this node joined" : "the join token is for");
    if (invited.isPresent()) {
      requireSame(known.trustDomain(), invited.get().trustDomain(), "the join token is for");
    }
    List<ServerAddress> servers =
        config.servers().isEmpty()
            ? invited.map(Membership::servers).orElse(known.servers())
            : config.servers();
    return new Membership(expected, servers);
  }

  private static void requireSame(TrustDomain expected, TrustDomain found, String whose)
      throws StartException {
    if (!expected.equals(found)) {
      throw new StartException(
          Text.of(
              "%s trust domain %s (expected: %s; a node that is to change its trust domain needs an empty data_dir)",
              whose, found, expected));
    }
  }
}
