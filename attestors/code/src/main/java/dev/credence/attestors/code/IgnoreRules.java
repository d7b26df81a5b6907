package dev.credence.attestors.code;

import dev.credence.certs.Printable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What of a folder is not code: neither measured nor copied, and so never run. Immutable.
///
/// The file `.credenceignore` in the root names it, one pattern on a line: a small part of what
/// gitignore knows, and whatever goes beyond that part is refused, never guessed.
/// docs/spec/code-tree.md says which. Always left out: `.git` and folders `__pycache__`, which
/// Python itself fills and reads; a compiled file planted there would be run in place of the
/// measured source.
final class IgnoreRules {
  /// Name of the file in the root of a tree.
  static final String FILE = ".credenceignore";

  /// Longest file, in bytes.
  static final int LARGEST = 64 * 1024;

  private static final int MOST_PATTERNS = 1000;
  private static final int LONGEST_PATTERN = 256;
  private static final IgnoreRules BUILT_IN =
      new IgnoreRules(Stream.of(".git", "__pycache__/").map(IgnorePattern::of).toList());

  private static final IgnoreRules NONE = new IgnoreRules(List.of());

  private final List<IgnorePattern> patterns;

  private IgnoreRules(List<IgnorePattern> patterns) {
    this.patterns = List.copyOf(patterns);
  }

  /// Those of a tree without an ignore file.
  static IgnoreRules builtIn() {
    return BUILT_IN;
  }

  /// Nothing is left out, whatever an ignore file says: of a copy everything counts.
  static IgnoreRules none() {
    return NONE;
  }

  /// Reads an ignore file.
  ///
  /// @throws CodeRefusedException if it is too large or not UTF-8, or a line says something that is
  ///   not known here
  static IgnoreRules parse(byte[] file) throws CodeRefusedException {
    if (file.length > LARGEST) {
      throw new CodeRefusedException(
          FILE + " has more than " + LARGEST + " bytes (expected: at most that)");
    }
    var patterns = new ArrayList<>(BUILT_IN.patterns);
    int number = 0;
    for (String line : text(file).split("\n", -1)) {
      number++;
      String pattern = line.stripTrailing();
      if (!pattern.isEmpty() && !pattern.startsWith("#")) {
        requireKnown(pattern, number);
        patterns.add(IgnorePattern.of(pattern));
      }
      if (patterns.size() > MOST_PATTERNS) {
        throw new CodeRefusedException(
            FILE + " has more than " + MOST_PATTERNS + " patterns (expected: at most that)");
      }
    }
    return new IgnoreRules(patterns);
  }

  private static String text(byte[] file) throws CodeRefusedException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(file)).toString();
    } catch (CharacterCodingException e) {
      throw CodeRefusedException.because(FILE + " is not UTF-8 (expected: UTF-8)", e);
    }
  }

  private static void requireKnown(String pattern, int number) throws CodeRefusedException {
    String inner = pattern.replaceFirst("^/", "").replaceFirst("/$", "");
    boolean known =
        pattern.length() <= LONGEST_PATTERN
            && !pattern.startsWith("!")
            && !pattern.contains("**")
            && pattern.chars().noneMatch(c -> "[]\\".indexOf(c) >= 0 || Character.isISOControl(c))
            && !Character.isWhitespace(pattern.charAt(0))
            && Stream.of(inner.split("/", -1))
                .noneMatch(name -> name.isEmpty() || name.equals(".") || name.equals(".."));
    if (!known) {
      throw new CodeRefusedException(
          FILE
              + " line "
              + number
              + ": "
              + Printable.quoted(pattern)
              + " (expected: a name or path with * and ?, / before it for the root only, / after it for folders only;"
              + " no !, **, [...] or \\; at most "
              + LONGEST_PATTERN
              + " characters)");
    }
  }

  /// True if this is left out. The ignore file itself never is.
  ///
  /// @param path from the root of the tree
  boolean ignores(String path, boolean folder) {
    if (path.equals(FILE)) {
      return false;
    }
    List<int[]> names =
        Stream.of(path.split("/", -1)).map(name -> name.codePoints().toArray()).toList();
    return patterns.stream().anyMatch(pattern -> pattern.matches(names, folder));
  }
}
