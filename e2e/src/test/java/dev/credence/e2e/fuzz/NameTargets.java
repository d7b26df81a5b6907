package dev.credence.e2e.fuzz;

import static dev.credence.e2e.fuzz.Inputs.ILLEGAL;
import static dev.credence.e2e.fuzz.Inputs.same;
import static dev.credence.e2e.fuzz.Inputs.text;
import static dev.credence.e2e.fuzz.Inputs.utf8;

import dev.credence.attestors.Selector;
import dev.credence.attestors.join.ServerAddress;
import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.certs.SpiffeId;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.issue.RevocationPoint;
import dev.credence.cli.client.EndpointUris;
import dev.credence.platform.config.Durations;
import dev.credence.server.store.PageTokens;
import java.util.List;

/// Names, addresses, lengths of time: short texts.
final class NameTargets {

  private NameTargets() {}

  static List<Target> all() {
    return List.of(
        new Target(
            "spiffe-id",
            "SpiffeId.parse",
            "anybody's certificates and tokens, commands",
            utf8(
                "spiffe://td",
                "spiffe://a_b.example/agent/x/Y-9",
                "spiffe://td/...",
                "spiffe://td/"),
            ILLEGAL,
            input -> same(SpiffeId.parse(text(input)).toString(), text(input))),
        new Target(
            "trust-domain",
            "TrustDomain.parse",
            "configuration, bundle maps, commands",
            utf8("td.example", "spiffe://td.example", "a..b", "TD"),
            ILLEGAL,
            input ->
                same(
                    TrustDomain.parse(TrustDomain.parse(text(input)).name()),
                    TrustDomain.parse(text(input)))),
        new Target(
            "trust-domain-or-id",
            "TrustDomain.parseNameOrId",
            "commands",
            utf8("td.example", "spiffe://td.example/a/b", "spiffe://td/"),
            ILLEGAL,
            input -> TrustDomain.parse(TrustDomain.parseNameOrId(text(input)).name())),
        new Target(
            "digest",
            "Sha256.parseHex",
            "commands, registrations",
            utf8("0f".repeat(32), "0F".repeat(32)),
            ILLEGAL,
            input -> same(Sha256.parseHex(text(input)).toString(), text(input))),
        new Target(
            "duration",
            "Durations.parse",
            "configuration, commands",
            utf8("1h30m", "250ms", "7d", "1s1s"),
            ILLEGAL,
            input -> same(Durations.parse(text(input)).isNegative(), false)),
        new Target(
            "id",
            "Id.parse",
            "every RPC, paths of CRLs",
            utf8(new Id(1, 2).toString(), new Id(-1, -1).toString(), "a"),
            ILLEGAL,
            input -> same(Id.parse(text(input)).toString(), text(input))),
        new Target(
            "selector",
            "Selector.parse",
            "commands, registrations",
            utf8("unix:uid:0", "node:label:k:v:w", "unix:path:/a:b"),
            ILLEGAL,
            input -> same(Selector.parse(text(input)).toString(), text(input))),
        new Target(
            "endpoint-uri",
            "EndpointUri.parse",
            "the environment",
            utf8("unix:///a/b", "tcp://[::1]:8", "unix:/x"),
            ILLEGAL,
            input -> EndpointUris.parse(text(input))),
        new Target(
            "server-address",
            "ServerAddress.parse",
            "join tokens, configuration",
            utf8("a.example:8443", "[::1]:1", "127.0.0.1:65535"),
            ILLEGAL,
            input ->
                same(
                    ServerAddress.parse(ServerAddress.parse(text(input)).toString()),
                    ServerAddress.parse(text(input)))),
        new Target(
            "revocation-point",
            "RevocationPoint.parse",
            "configuration",
            utf8("http://a.example/crl", "http://127.0.0.1:80", "https://a"),
            ILLEGAL,
            input -> RevocationPoint.parse(text(input)).of(new Id(0, 1))),
        new Target(
            "page-token",
            "PageToken.parse",
            "administrators",
            utf8(PageTokens.of(1), PageTokens.of(Long.MAX_VALUE), "x"),
            ILLEGAL,
            input -> same(PageTokens.parse(text(input)), text(input))));
  }
}
