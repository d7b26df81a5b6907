package dev.credence.attestors.code;

import dev.credence.certs.Printable;
import java.util.List;

/// Which symbolic links a tree may have: relative ones that cannot leave it.
///
/// `..` may stand only at the beginning, and no more often than the link lies deep. The folder that
/// holds a link is a real one, so these steps are exact; what follows goes only down, possibly
/// through another link, of which the same is true. (`a/../b` would not be exact: `a` may be a link
/// to a folder less deep.)
final class LinkTarget {
  private LinkTarget() {}

  /// @param path of the link, from the root of the tree
  static void require(String path, String target) throws CodeRefusedException {
    if (!staysInside(path, target)) {
      throw new CodeRefusedException(
          Printable.quoted(path)
              + " is a symbolic link to "
              + Printable.quoted(target)
              + " (expected: a relative path inside the code's folder, with .. only at its beginning;"
              + " or name the link in "
              + IgnoreRules.FILE
              + ")");
    }
  }

  private static boolean staysInside(String path, String target) {
    if (target.isEmpty() || target.startsWith("/") || TreePath.hasControl(target)) {
      return false;
    }
    long depth = path.chars().filter(c -> c == '/').count();
    boolean down = false;
    for (String name : List.of(target.split("/", -1))) {
      if (name.equals("..")) {
        depth--;
        if (down || depth < 0) {
          return false;
        }
      } else if (!name.isEmpty() && !name.equals(".")) {
        down = true;
      }
    }
    return true;
  }
}
