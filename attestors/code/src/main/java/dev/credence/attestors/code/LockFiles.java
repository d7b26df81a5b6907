package dev.credence.attestors.code;

import java.util.List;

/// Files that say exactly which dependencies a program has, as the usual tools write them.
public final class LockFiles {
  private static final List<String> KNOWN =
      List.of(
          "uv.lock",
          "poetry.lock",
          "Pipfile.lock",
          "requirements.txt",
          "package-lock.json",
          "yarn.lock",
          "pnpm-lock.yaml",
          "gradle.lockfile",
          "Cargo.lock",
          "go.sum");

  private LockFiles() {}

  /// The names that are looked for in the root of a tree; the first one that is there counts.
  public static List<String> known() {
    return KNOWN;
  }
}
