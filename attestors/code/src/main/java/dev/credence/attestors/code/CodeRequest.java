package dev.credence.attestors.code;

import dev.credence.attestors.Selector;
import dev.credence.certs.Printable;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What is to be measured. Immutable.
///
/// @param place absolute path of the code's folder, or of a single file, which then is a tree of
///   that file alone
/// @param entry path within the folder of the file that is run; for a single file it is that file
/// @param lock path within the folder of the file that says which dependencies there are; if not
///   given, the first of [LockFiles] that is there
public record CodeRequest(String place, Optional<String> entry, Optional<String> lock) {
  /// @throws IllegalArgumentException if the place is not absolute, or entry or lock file are not
  ///   plain paths within it
  public CodeRequest {
    if (!place.startsWith("/") || place.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "code " + Printable.quoted(place) + " (expected: an absolute path)");
    }
    entry.ifPresent(path -> requireInner("entry", path));
    lock.ifPresent(path -> requireInner("lock", path));
  }

  /// The code in a folder, or in a single file.
  public static CodeRequest of(Path place) {
    return new CodeRequest(
        place.toAbsolutePath().normalize().toString(), Optional.empty(), Optional.empty());
  }

  private static void requireInner(String what, String path) {
    boolean plain =
        List.of(path.split("/", -1)).stream()
            .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
    if (!plain) {
      throw new IllegalArgumentException(
          what
              + " "
              + Printable.quoted(path)
              + " (expected: a path inside the code's folder, without /./, /../ or a slash at its begin or end)");
    }
    // It will be a selector's value.
    var _ = new Selector("code", what, path);
  }

  /// The last part of the place.
  String name() {
    return place.substring(place.lastIndexOf('/') + 1);
  }
}
