package dev.credence.attestors.code;

import java.util.List;
import java.util.Set;

/// Parsers of what callers write about their code.
public final class CodeParsers {
  /// What they refuse with.
  public static final Set<Class<? extends Exception>> REFUSALS = Set.of(CodeRefusedException.class);

  private CodeParsers() {}

  /// An ignore file. What is accepted decides about any path, and never about the file itself.
  public static void ignore(byte[] input) throws CodeRefusedException {
    var rules = IgnoreRules.parse(input);
    for (String path : List.of("a", "a/b/c.py", "\ud83d\ude00", "x".repeat(255))) {
      boolean file = rules.ignores(path, false);
      if (file && !rules.ignores(path, true)) {
        throw new AssertionError("a pattern for files, but not for folders: " + path);
      }
    }
    if (rules.ignores(IgnoreRules.FILE, false)) {
      throw new AssertionError("the ignore file ignores itself");
    }
  }
}
