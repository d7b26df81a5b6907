package dev.credence.attestors.linux;

import dev.credence.certs.CodeAssurance;
import dev.credence.platform.linux.CommandLine;
import dev.credence.platform.linux.ProcessFacts;
import dev.credence.platform.linux.UnattestableException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which script an interpreter runs, if its command line is to be believed.
final class ScriptEvidence {
  private static final String SOURCE = "/proc/PID/cmdline";

  // Of Python, Node.js, Java, Perl, Ruby and shells: options whose value is the next word.
  private static final Set<String> WITH_VALUE =
      Set.of(
          "-W",
          "-X",
          "-r",
          "--require",
          "--import",
          "-cp",
          "-classpath",
          "--class-path",
          "-p",
          "--module-path",
          "--add-modules",
          "--add-opens",
          "--add-exports",
          "--add-reads",
          "--enable-native-access",
          "-o",
          "-O",
          "-I");
  private static final Set<String> CODE = Set.of("-c", "-e", "--eval", "--print");

  private final PatientReading reading;

  ScriptEvidence(PatientReading reading) {
    this.reading = reading;
  }

  void collect(ProcessFacts facts, EvidenceList evidence) throws UnattestableException {
    if (!Interpreters.hasName(facts.executable())) {
      evidence.gap("script", "the process runs no interpreter that is known by its name");
      return;
    }
    try {
      List<String> words = reading.of(facts.uid(), () -> CommandLine.read(facts.pid()), _ -> {});
      script(words)
          .ifPresentOrElse(
              script -> evidence.add("script", script, CodeAssurance.CLAIMED, SOURCE),
              () -> evidence.gap("script", "the command line names no script"));
    } catch (IOException e) {
      evidence.gap("script", ProcessAttestor.lasting(facts, e));
    }
  }

  /// The first word that is neither an option nor an option's value, as it stands there; what
  /// stands behind `-m` and `-jar` too. Empty if the code itself is on the command line.
  static Optional<String> script(List<String> words) {
    for (int i = 1; i < words.size(); i++) {
      String word = words.get(i);
      if (WITH_VALUE.contains(word)) {
        i++;
      } else if (CODE.contains(word)) {
        return Optional.empty();
      } else if (!word.startsWith("-")) {
        return Optional.of(word).filter(found -> !found.isEmpty());
      }
    }
    return Optional.empty();
  }
}
