package dev.credence.server.core;

import dev.credence.certs.Name;
import dev.credence.server.core.ServerException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Everything that is wrong with a request, so that its author sees it at once. Confined to one
/// thread.
final class Problems {
  private static final int SHOWN = 10;

  private final List<String> problems = new ArrayList<>();

  void add(String problem) {
    problems.add(problem);
  }

  /// The name, or a problem that says what it was meant for.
  Optional<Name> name(String what, String raw) {
    try {
      return Optional.of(new Name(raw));
    } catch (IllegalArgumentException e) {
      add(what + " " + e.getMessage());
      return Optional.empty();
    }
  }

  /// Text of at most that many bytes in UTF-8, in one line.
  void text(String what, String raw, int mostBytes) {
    int length = Texts.utf8Length(raw);
    if (length > mostBytes) {
      add(Texts.format("%s: %d bytes (expected: at most %d)", what, length, mostBytes));
    } else if (!Texts.isPrintable(raw)) {
      add(Texts.format("%s: control characters (expected: one line of text)", what));
    }
  }

  /// Passes if there is none.
  void throwIfAny() throws ServerException {
    if (problems.isEmpty()) {
      return;
    }
    int more = problems.size() - SHOWN;
    String shown = String.join("; ", problems.subList(0, Math.min(SHOWN, problems.size())));
    throw new ServerException(Kind.INVALID, more > 0 ? shown + "; and " + more + " more" : shown);
  }
}
