package dev.credence.attestors.code;

import dev.credence.certs.Sha256;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A copy in the store. Everything about it is in its folder's name, so that there is no list that
/// could contradict what is there.
///
/// @param tree digest of the whole
/// @param bytes content of all files
/// @param number tells several copies of the same tree apart
record Copy(Sha256 tree, long bytes, long number) {
  private static final Pattern NAME =
      Pattern.compile("([0-9a-f]{64})\\.([0-9]{1,15})\\.([0-9]{1,15})");

  /// Reads the name of a folder; empty if it is none that was finished.
  static Optional<Copy> named(String name) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches()
        ? Optional.of(
            new Copy(
                Sha256.parseHex(matcher.group(1)),
                Long.parseLong(matcher.group(2)),
                Long.parseLong(matcher.group(3))))
        : Optional.empty();
  }

  String name() {
    return String.format(Locale.ROOT, "%s.%d.%d", tree, bytes, number);
  }
}
