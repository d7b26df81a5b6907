package dev.credence.attestors.code;

import java.util.List;
import java.util.stream.Stream;

/// One line of an ignore file. Immutable.
///
/// @param names one for each part of the path
/// @param anchored the path begins in the root; otherwise there is one name, which counts anywhere
/// @param foldersOnly only folders are meant
record IgnorePattern(List<Glob> names, boolean anchored, boolean foldersOnly) {
  IgnorePattern {
    names = List.copyOf(names);
  }

  static IgnorePattern of(String line) {
    boolean foldersOnly = line.endsWith("/");
    String path = foldersOnly ? line.substring(0, line.length() - 1) : line;
    boolean anchored = path.indexOf('/') >= 0;
    String inner = path.startsWith("/") ? path.substring(1) : path;
    return new IgnorePattern(
        Stream.of(inner.split("/", -1)).map(Glob::new).toList(), anchored, foldersOnly);
  }

  /// @param path names from the root on
  boolean matches(List<int[]> path, boolean folder) {
    if (foldersOnly && !folder) {
      return false;
    }
    if (!anchored) {
      return names.getFirst().matches(path.getLast());
    }
    if (names.size() != path.size()) {
      return false;
    }
    for (int i = 0; i < path.size(); i++) {
      if (!names.get(i).matches(path.get(i))) {
        return false;
      }
    }
    return true;
  }
}
