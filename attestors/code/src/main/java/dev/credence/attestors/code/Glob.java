package dev.credence.attestors.code;

/// A name with `*` (any characters, or none) and `?` (one character). The time to match is at most
/// the product of both lengths. Immutable.
final class Glob {
  private final int[] pattern;

  Glob(String pattern) {
    this.pattern = pattern.codePoints().toArray();
  }

  /// True if it describes this whole name.
  boolean matches(int[] name) {
    int at = 0;
    int next = 0;
    int star = -1;
    int resume = 0;
    while (at < name.length) {
      if (next < pattern.length && pattern[next] == '*') {
        star = next++;
        resume = at;
      } else if (next < pattern.length && (pattern[next] == '?' || pattern[next] == name[at])) {
        next++;
        at++;
      } else if (star >= 0) {
        // The last star takes one character more; no earlier one ever has to.
        next = star + 1;
        at = ++resume;
      } else {
        return false;
      }
    }
    while (next < pattern.length && pattern[next] == '*') {
      next++;
    }
    return next == pattern.length;
  }
}
