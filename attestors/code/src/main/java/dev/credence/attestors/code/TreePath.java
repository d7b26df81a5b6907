package dev.credence.attestors.code;

import dev.credence.certs.Printable;
import java.nio.charset.StandardCharsets;

/// Paths within a tree: names with `/` between them.
final class TreePath {
  private TreePath() {}

  /// @param folder path of the folder, empty for the root
  static String join(String folder, String name) {
    return folder.isEmpty() ? name : folder + "/" + name;
  }

  /// Refuses names that could forge a line in a list or a log, and paths that are too long.
  static void require(String path, CodeLimits limits) throws CodeRefusedException {
    if (hasControl(path)) {
      throw new CodeRefusedException(
          Printable.quoted(path) + " has a control character in its name (expected: none)");
    }
    int bytes = path.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > limits.pathBytes()) {
      throw new CodeRefusedException(
          Printable.quoted(path)
              + " is a path of "
              + bytes
              + " bytes (expected: at most "
              + limits.pathBytes()
              + ")");
    }
  }

  static boolean hasControl(String text) {
    return text.chars().anyMatch(Character::isISOControl);
  }
}
