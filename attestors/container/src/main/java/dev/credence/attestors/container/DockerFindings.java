package dev.credence.attestors.container;

import dev.credence.attestors.Attested;
import dev.credence.attestors.Attested.Gap;
import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.attestors.SelectorTypes;
import dev.credence.attestors.Wanted;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Printable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Turns what an engine said into selectors. For one thread.
///
/// The image speaks about code, and the engine vouches for it: level `orchestrator`. Labels and
/// environment do not: whoever made the container wrote there what he liked. The environment often
/// holds secrets, so of it only what a registration names is ever told.
final class DockerFindings {
  static final String TYPE = "docker";
  private static final String SOURCE = "the engine's /containers/ID/json, ";

  private final Wanted wanted;
  private final Set<Evidence> evidence = new LinkedHashSet<>();
  private final List<Gap> gaps = new ArrayList<>();

  private DockerFindings(Wanted wanted) {
    this.wanted = wanted;
  }

  /// Nothing, and why.
  static Attested none(Wanted wanted, Set<String> names, String reason) {
    var findings = new DockerFindings(wanted);
    names.stream().sorted().forEach(name -> findings.gap(name, reason));
    return findings.attested();
  }

  /// What the engine says.
  ///
  /// @param runsImage the process runs a program of the container's image, or of what was written
  ///   over it, rather than one from elsewhere
  static Attested of(Container container, boolean runsImage, Wanted wanted) {
    var findings = new DockerFindings(wanted);
    Optional<CodeAssurance> code =
        runsImage ? Optional.of(CodeAssurance.ORCHESTRATOR) : Optional.empty();
    findings.add("image_id", container.image(), code, "Config.Image");
    findings.add("image_config_digest", container.digest(), code, "Image");
    container.labels().entrySet().stream()
        // KEY:VALUE of a key with a colon would read like another key's value.
        .filter(label -> label.getKey().indexOf(':') < 0)
        .forEach(label ->
            findings.add(
                "label",
                label.getKey() + ":" + label.getValue(),
                Optional.empty(),
                "Config.Labels"));
    container.environment().forEach(findings::variable);
    return findings.attested();
  }

  private void variable(String entry) {
    if (selector("env", entry).filter(wanted::namesExactly).isPresent()) {
      add("env", entry, Optional.empty(), "Config.Env");
    }
  }

  private void add(String name, String value, Optional<CodeAssurance> code, String source) {
    if (!wanted.names(TYPE, name)) {
      return;
    }
    Optional<Selector> selector = selector(name, value);
    if (selector.isPresent()) {
      evidence.add(new Evidence(selector.get(), code, SOURCE + source));
    } else if (!name.equals("label")) {
      gap(name, "no registration can name what the engine says: " + Printable.quoted(value));
    }
  }

  /// Empty if no registration can name it: too long, control characters, an empty value.
  private static Optional<Selector> selector(String name, String value) {
    try {
      return Optional.of(SelectorTypes.known().requireWorkload(new Selector(TYPE, name, value)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private void gap(String name, String reason) {
    if (wanted.names(TYPE, name)) {
      gaps.add(new Gap(TYPE + ":" + name, reason));
    }
  }

  private Attested attested() {
    return new Attested(List.copyOf(evidence), gaps);
  }
}
