package dev.credence.cli;

import dev.credence.attestors.SelectorTypes;
import dev.credence.cli.client.CommandFailure;
import dev.credence.proto.admin.v1.AddRegistrationRequest;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/// Which processes a further registration means, on which nodes.
final class SelectorSetOptions {

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

  void addTo(AddRegistrationRequest.Builder request) {
    if (selectors.isEmpty()) {
      throw CommandFailure.usage(
          "--selector TYPE:NAME:VALUE is missing: which processes are meant? (for example unix:uid:1000)");
    }
    if (anyNode && !nodeSelectors.isEmpty()) {
      throw CommandFailure.usage("--any-node and --node-selector exclude each other");
    }
    var known = SelectorTypes.known();
    request.setAnyNode(anyNode);
    selectors.forEach(text ->
        request.addSelectors(
            RegistrationOptions.checked("--selector", text, known::requireWorkload)));
    nodeSelectors.forEach(text ->
        request.addNodeSelectors(
            RegistrationOptions.checked("--node-selector", text, known::requireNode)));
  }
}
