package dev.credence.attestors.systemd;

import dev.credence.attestors.Attested;
import dev.credence.attestors.Attested.Gap;
import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.attestors.SelectorTypes;
import dev.credence.attestors.Wanted;
import dev.credence.certs.CodeAssurance;
import dev.credence.platform.linux.ControlGroups;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Turns what systemd said into selectors. For one thread.
final class UnitFindings {
  private final Wanted wanted;
  private final List<Evidence> evidence = new ArrayList<>();
  private final List<Gap> gaps = new ArrayList<>();

  private UnitFindings(Wanted wanted) {
    this.wanted = wanted;
  }

  static Attested of(Unit unit, int pid, ControlGroups groups, Wanted wanted) {
    var findings = new UnitFindings(wanted);
    Optional<String> group = followed(groups);
    boolean own = group.filter(path -> path.equals(unit.controlGroup())).isPresent();
    boolean below = group.filter(path -> isBelow(path, unit.controlGroup())).isPresent();
    if (!own && !below) {
      findings.gap("id", "its control group is not the one of " + unit.id());
      findings.gap("fragment_path", "its control group is not the one of " + unit.id());
      return findings.attested();
    }
    boolean started = own && unit.isService() && !unit.isUserManager() && unit.mainPid() == pid;
    Optional<CodeAssurance> code =
        started ? Optional.of(CodeAssurance.ORCHESTRATOR) : Optional.empty();
    findings.add("id", unit.id(), code);
    if (unit.fragmentPath().isPresent()) {
      findings.add("fragment_path", unit.fragmentPath().get(), code);
    } else {
      findings.gap("fragment_path", unit.id() + " was not read from a file");
    }
    return findings.attested();
  }

  /// The hierarchy that systemd goes by: the unified one where it is in use, else its own.
  private static Optional<String> followed(ControlGroups groups) {
    return groups
        .unified()
        .filter(path -> !path.equals("/"))
        .or(() -> groups.named("name=systemd"));
  }

  private static boolean isBelow(String path, String group) {
    return !group.isEmpty() && !group.equals("/") && path.startsWith(group + "/");
  }

  private void add(String name, String value, Optional<CodeAssurance> code) {
    if (!wanted.names(SystemdAttestor.TYPE, name)) {
      return;
    }
    try {
      Selector selector =
          SelectorTypes.known().requireWorkload(new Selector(SystemdAttestor.TYPE, name, value));
      evidence.add(new Evidence(selector, code, "systemd's GetUnitByPID"));
    } catch (IllegalArgumentException e) {
      gap(name, String.valueOf(e.getMessage()));
    }
  }

  private void gap(String name, String reason) {
    if (wanted.names(SystemdAttestor.TYPE, name)) {
      gaps.add(new Gap(SystemdAttestor.TYPE + ":" + name, reason));
    }
  }

  private Attested attested() {
    return new Attested(evidence, gaps);
  }
}
