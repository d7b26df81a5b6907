package dev.credence.server.core;

import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.server.core.model.Attestation;
import dev.credence.server.core.model.ProcessSeen;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What an attestation must look like to be one at all, before anything is looked up for it.
/// Stateless.
final class AttestationRules {
  private static final int MOST_EVIDENCE = 256;
  private static final int LONGEST_SOURCE = 256;
  private static final int LONGEST_PATH = 4096;
  private static final String UUID = "00000000-0000-0000-0000-000000000000";

  private AttestationRules() {}

  static void check(Attestation attestation) throws ServerException {
    var problems = new Problems();
    ProcessSeen.Mark mark = attestation.process().mark();
    if (mark.isConnection()) {
      connection(mark, attestation.evidence(), problems);
    } else {
      mark(mark, attestation.evidence(), problems);
    }
    problems.text("executable", attestation.process().executable(), LONGEST_PATH);
    evidence(attestation.evidence(), problems);
    problems.throwIfAny();
  }

  /// Who called on TCP: no process is known, and nothing is attested but what TCP tells.
  private static void connection(
      ProcessSeen.Mark mark, List<Evidence> evidence, Problems problems) {
    place(mark, problems);
    require(mark.executableInode() != 0, "inode of the socket", problems);
    if (!evidence.stream().allMatch(AttestationRules::isOfTcp)) {
      problems.add("attestation: properties of a process, of a connection (expected: tcp: only)");
    }
  }

  private static boolean isOfTcp(Evidence one) {
    return one.selector().type().equals("tcp") && one.code().isEmpty();
  }

  private static void place(ProcessSeen.Mark mark, Problems problems) {
    if (!isUuid(mark.instance().bootId())) {
      problems.add("process mark: boot id (expected: a UUID in lower case)");
    }
    require(mark.instance().startTime() != 0, "start time", problems);
    require(mark.instance().pidNamespace() != 0, "pid namespace", problems);
  }

  private static boolean isUuid(String text) {
    boolean legal = text.length() == UUID.length();
    for (int i = 0; legal && i < text.length(); i++) {
      char c = text.charAt(i);
      legal = UUID.charAt(i) == '-' ? c == '-' : (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
    return legal;
  }

  private static void mark(ProcessSeen.Mark mark, List<Evidence> evidence, Problems problems) {
    place(mark, problems);
    require(mark.instance().pid() > 0, "pid", problems);
    if (evidence.stream().anyMatch(one -> one.selector().type().equals("tcp"))) {
      problems.add("attestation: tcp: properties, of a process (expected: of a connection)");
    }
    require(mark.executableInode() != 0, "inode of the executable", problems);
    // The kernel shows 0 or 1 to those who may not see: no mark at all.
    require(isAddress(mark.image().startCode()), "start of code", problems);
    require(isAddress(mark.image().startStack()), "start of stack", problems);
    require(isAddress(mark.image().argStart()), "start of arguments", problems);
  }

  private static boolean isAddress(long value) {
    return Long.compareUnsigned(value, 1) > 0;
  }

  private static void require(boolean plausible, String what, Problems problems) {
    if (!plausible) {
      problems.add(
          Texts.format("process mark: %s missing (expected: as the kernel shows it)", what));
    }
  }

  private static void evidence(List<Evidence> all, Problems problems) {
    if (all.isEmpty() || all.size() > MOST_EVIDENCE) {
      problems.add(
          Texts.format(
              "attestation: %d properties (expected: 1 to %d)", all.size(), MOST_EVIDENCE));
      return;
    }
    Set<Selector> seen = new HashSet<>();
    boolean twice = false;
    for (Evidence one : all) {
      problems.text("source of a property", one.source(), LONGEST_SOURCE);
      twice |= !seen.add(one.selector());
    }
    if (twice) {
      problems.add("attestation: a property given twice (expected: each once)");
    }
  }
}
