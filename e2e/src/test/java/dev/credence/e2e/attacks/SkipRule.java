package dev.credence.e2e.attacks;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Whether a story runs: what it needs decides, not how the wind blows. Where all stories are
/// required (`-De2e.attacks.required=true`, as .ci/run says when it is root), one that is not run
/// fails, unless the host itself cannot do it.
final class SkipRule {
  private final boolean required;
  private final Set<String> unavailable;

  /// @param unavailable packages that could not be installed here
  SkipRule(boolean required, Set<String> unavailable) {
    this.required = required;
    this.unavailable = Set.copyOf(unavailable);
  }

  /// As the build says.
  static SkipRule ofBuild() {
    return new SkipRule(
        Boolean.getBoolean("e2e.attacks.required"),
        words(System.getProperty("e2e.attacks.unavailable", "")));
  }

  private static Set<String> words(String list) {
    return Stream.of(list.split("[, ]+"))
        .filter(word -> !word.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }

  /// What becomes of a story.
  sealed interface Verdict {
    /// It runs.
    record Run() implements Verdict {}

    /// It does not, and that is all right.
    record Skip(String why) implements Verdict {}

    /// It does not, and that is not all right.
    record Fail(String why) implements Verdict {}
  }

  /// What a need looks like on this host.
  record State(String label, boolean met, String packages) {
    static State of(Needs need) {
      return new State(need.label(), need.met(), need.packages().orElse(""));
    }
  }

  /// Before a story.
  Verdict before(List<State> needs) {
    var missing = needs.stream().filter(need -> !need.met()).toList();
    if (missing.isEmpty()) {
      return new Verdict.Run();
    }
    var why =
        "this host has no "
            + missing.stream().map(SkipRule::shown).collect(Collectors.joining(", no "));
    boolean installed =
        missing.stream()
            .map(need -> words(need.packages()))
            .anyMatch(all -> !all.isEmpty() && all.stream().noneMatch(unavailable::contains));
    return required && installed
        ? new Verdict.Fail(why + ", which .ci/run installs: the story is required")
        : new Verdict.Skip(why);
  }

  private static String shown(State need) {
    return need.packages().isEmpty()
        ? need.label()
        : need.label() + " (Debian: " + need.packages() + ")";
  }

  /// A story that gave up in the middle, although the host has all that it names.
  Verdict aborted(String why) {
    return required
        ? new Verdict.Fail("skipped, though the host has all that the story needs: " + why)
        : new Verdict.Skip(why);
  }
}
