package dev.credence.attestors;

import dev.credence.attestors.Attested.Gap;
import java.util.List;
import java.util.Set;

/// The properties of one type that nobody on this host knows but somebody who has to be asked, and
/// who may hang. Nothing is asked for what no registration names; and no answer is a gap in these
/// properties alone, so that the rest of the process's properties counts all the same. Thread-safe.
///
/// @param type of their selectors
/// @param names of their selectors
public record AskedProperties(String type, Set<String> names) {
  public AskedProperties {
    names = Set.copyOf(names);
  }

  /// Those that registrations can name.
  public static AskedProperties of(String type) {
    return new AskedProperties(type, SelectorTypes.known().names(type));
  }

  /// A question about one process.
  @FunctionalInterface
  public interface Question {
    /// Blocks for a bounded time.
    Attested ask() throws NoAnswerException, AttestationException;
  }

  /// What the one who knows says, if it is wanted at all.
  public Attested ask(Wanted wanted, Question question) throws AttestationException {
    if (names.stream().noneMatch(name -> wanted.names(type, name))) {
      return new Attested(List.of(), List.of());
    }
    try {
      return question.ask();
    } catch (NoAnswerException e) {
      return none(wanted, String.valueOf(e.getMessage()), e.isPassing());
    }
  }

  /// The process has none of them.
  public Attested none(Wanted wanted, String reason) {
    return none(wanted, reason, false);
  }

  private Attested none(Wanted wanted, String reason, boolean passing) {
    return new Attested(
        List.of(),
        names.stream()
            .filter(name -> wanted.names(type, name))
            .sorted()
            .map(name -> new Gap(type + ":" + name, reason, passing))
            .toList());
  }
}
