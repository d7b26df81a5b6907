package dev.credence.cli;

import dev.credence.attestors.Selector;
import dev.credence.attestors.SelectorTypes;
import dev.credence.cli.client.CommandFailure;
import dev.credence.proto.admin.v1.CreateSubjectRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// Which processes are meant, on which nodes, and what their SVIDs look like.
final class RegistrationOptions {

  @Option(
      names = "--selector",
      paramLabel = "TYPE:NAME:VALUE",
      description =
          "A property that the node must have attested of the process, such as unix:uid:1000. At least one; all must hold.")
  private List<String> selectors = new ArrayList<>();

  @Option(
      names = "--node-selector",
      paramLabel = "TYPE:NAME:VALUE",
      description =
          "A property that the node must have, such as node:label:ROLE:gpu. Repeat it: all must hold.")
  private List<String> nodeSelectors = new ArrayList<>();

  @Option(names = "--any-node", description = "Any node will do (in `dev`: the default).")
  private boolean anyNode;

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      description = "Lifetime of its SVIDs (default: agents 10m, services 1h).")
  private String ttl = "";

  @Option(
      names = "--dns",
      paramLabel = "NAME",
      description = "A DNS name in its SVIDs. May be repeated.")
  private List<String> dns = new ArrayList<>();

  @Option(
      names = "--hint",
      paramLabel = "HINT",
      description = "The word by which a workload with several SVIDs finds this one.")
  private String hint = "";

  @ArgGroup(exclusive = true)
  private JwtOption jwt = new JwtOption();

  @ArgGroup(exclusive = true)
  private LifetimeOption lifetime = new LifetimeOption();

  void addTo(CreateSubjectRequest.Builder request) {
    if (selectors.isEmpty()) {
      throw CommandFailure.usage(
          "--selector TYPE:NAME:VALUE is missing: which processes are meant? (for example unix:uid:1000)");
    }
    if (anyNode && !nodeSelectors.isEmpty()) {
      throw CommandFailure.usage("--any-node and --node-selector exclude each other");
    }
    jwt.choice().ifPresent(request::setJwt);
    request.setLifetime(lifetime.choice());
    request.setAnyNode(anyNode).addAllDnsNames(dns).setHint(hint);
    var known = SelectorTypes.known();
    selectors.forEach(
        text -> request.addSelectors(checked("--selector", text, known::requireWorkload)));
    nodeSelectors.forEach(
        text -> request.addNodeSelectors(checked("--node-selector", text, known::requireNode)));
    if (!ttl.isEmpty()) {
      request.setSvidTtl(Wire.of(Checked.duration("--ttl", ttl)));
    }
  }

  static dev.credence.proto.common.v1.Selector checked(
      String option, String text, Function<String, Selector> check) {
    try {
      var selector = check.apply(text);
      return dev.credence.proto.common.v1.Selector.newBuilder()
          .setType(selector.type())
          .setName(selector.name())
          .setValue(selector.value())
          .build();
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(option + ": " + e.getMessage());
    }
  }
}
