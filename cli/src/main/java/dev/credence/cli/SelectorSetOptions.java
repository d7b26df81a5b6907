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

  @Option(
      names = "--min-code",
      paramLabel = "LEVEL",
      description =
          "How well its code must be known for this set, beside what is demanded of all: none, claimed, file, orchestrator, launcher.")
  private String minimumCode = "";

  @Option(
      names = "--min-isolation",
      paramLabel = "LEVEL",
      description =
          "How far its process must be apart from others for this set: shared-uid, own-uid, sandboxed.")
  private String minimumIsolation = "";

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
    if (!minimumCode.isEmpty()) {
      request.setMinimumCode(Wire.of(Checked.code("--min-code", minimumCode)));
    }
    if (!minimumIsolation.isEmpty()) {
      request.setMinimumIsolation(Wire.of(Checked.isolation("--min-isolation", minimumIsolation)));
    }
    selectors.forEach(text ->
        request.addSelectors(
            RegistrationOptions.checked("--selector", text, known::requireWorkload)));
    nodeSelectors.forEach(text ->
        request.addNodeSelectors(
            RegistrationOptions.checked("--node-selector", text, known::requireNode)));
  }
}
