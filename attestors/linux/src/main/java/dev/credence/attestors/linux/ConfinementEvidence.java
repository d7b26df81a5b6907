package dev.credence.attestors.linux;

import dev.credence.platform.linux.Namespaces;
import dev.credence.platform.linux.ProcessFacts;
import dev.credence.platform.linux.Restrictions;
import dev.credence.platform.linux.SecurityLabel;
import dev.credence.platform.linux.UnattestableException;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/// Where the process is, and what it may do there.
final class ConfinementEvidence {
  private static final String STATUS = "/proc/PID/status";

  private static final Map<String, Namespaces.Kind> NAMESPACES =
      Map.of(
          "mount_namespace", Namespaces.Kind.MNT,
          "pid_namespace", Namespaces.Kind.PID,
          "user_namespace", Namespaces.Kind.USER,
          "network_namespace", Namespaces.Kind.NET);

  private ConfinementEvidence() {}

  static void collect(ProcessFacts facts, EvidenceList evidence) throws UnattestableException {
    if (evidence.wants("cgroup")) {
      evidence.add("cgroup", facts.confinement().cgroup(), "/proc/PID/cgroup");
    }
    if (evidence.wants("no_new_privs")) {
      evidence.add("no_new_privs", String.valueOf(facts.confinement().noNewPrivileges()), STATUS);
    }
    restrictions(facts, evidence);
    if (evidence.wants("lsm")) {
      label(facts, evidence);
    }
    for (var kind : NAMESPACES.entrySet()) {
      if (evidence.wants(kind.getKey())) {
        namespace(facts, kind.getKey(), kind.getValue(), evidence);
      }
    }
  }

  private static void restrictions(ProcessFacts facts, EvidenceList evidence)
      throws UnattestableException {
    if (evidence.wants("seccomp") || evidence.wants("capabilities")) {
      Restrictions now = Restrictions.read(facts.pid());
      String mode = now.seccomp().name().toLowerCase(Locale.ROOT);
      addIfWanted("seccomp", mode, evidence);
      addIfWanted("capabilities", shown(now.capabilities()), evidence);
    }
  }

  private static void addIfWanted(String name, String value, EvidenceList evidence) {
    if (evidence.wants(name)) {
      evidence.add(name, value, STATUS);
    }
  }

  private static String shown(long capabilities) {
    return capabilities == 0 ? "none" : HexFormat.of().toHexDigits(capabilities);
  }

  private static void label(ProcessFacts facts, EvidenceList evidence)
      throws UnattestableException {
    try {
      SecurityLabel.read(facts.pid())
          .ifPresentOrElse(
              label -> evidence.add("lsm", label, "/proc/PID/attr/current"),
              () -> evidence.gap("lsm", "no security module gives the process a label"));
    } catch (IOException e) {
      evidence.gap("lsm", ProcessAttestor.lasting(facts, e));
    }
  }

  private static void namespace(
      ProcessFacts facts, String name, Namespaces.Kind kind, EvidenceList evidence)
      throws UnattestableException {
    OptionalLong foreign = Namespaces.foreign(facts.pid(), kind);
    String value = foreign.isEmpty() ? "node" : Long.toUnsignedString(foreign.getAsLong());
    evidence.add(name, value, "/proc/PID/ns/" + kind.name().toLowerCase(Locale.ROOT));
  }
}
