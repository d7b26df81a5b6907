package dev.credence.node.launch;

import dev.credence.platform.linux.FileStat;
import dev.credence.platform.linux.OpenFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// A program of the host that nobody but root can change: it and every folder and link on the way
/// to it belong to root, and neither group nor others may write there. It is looked for with root's
/// eyes, so nothing is said about what is not open to everybody.
///
/// @param path canonical
/// @param stat of the file
record TrustedProgram(Path path, FileStat stat) {
  private static final int MOST_STEPS = 200;

  /// Finds it by its name in the fixed search path, or by its absolute path.
  ///
  /// @throws LaunchRefusedException if there is none, or somebody else could change it
  static TrustedProgram find(String given) throws LaunchRefusedException {
    if (given.startsWith("/")) {
      return resolve(given);
    }
    if (given.indexOf('/') >= 0) {
      throw untrusted(given); // a file of some folder, but not of the code's
    }
    for (String folder : LaunchEnvironment.PATH.split(":", -1)) {
      String candidate = folder + "/" + given;
      if (isExecutable(candidate)) {
        return resolve(candidate);
      }
    }
    throw LaunchRefusedException.of(
        Said.quoted(given)
            + ": there is no such program in "
            + LaunchEnvironment.PATH
            + " (expected: one of them, an absolute path, or a file of the code's folder such as ./agent)");
  }

  private static boolean isExecutable(String candidate) {
    try {
      return Files.isExecutable(Path.of(candidate));
    } catch (InvalidPathException e) {
      return false; // no file has that name
    }
  }

  private static TrustedProgram resolve(String given) throws LaunchRefusedException {
    try {
      Path path = walk(given);
      try (OpenFile file = OpenFile.withoutLinks(path.toString())) {
        FileStat stat = file.stat();
        if (!stat.isRegular() || (stat.mode() & 0111) == 0) {
          throw untrusted(given);
        }
        return new TrustedProgram(path, stat);
      }
    } catch (IOException | InvalidPathException e) {
      throw untrusted(given);
    }
  }

  private static Path walk(String given) throws IOException, LaunchRefusedException {
    Path at = Path.of("/");
    Deque<String> left = new ArrayDeque<>();
    push(left, Path.of(given));
    for (int steps = 0; !left.isEmpty(); steps++) {
      String name = left.pop();
      if (steps > MOST_STEPS || name.equals("..")) {
        throw untrusted(given);
      }
      if (!name.equals(".")) {
        Path next = at.resolve(name);
        requireRoots(next, given);
        if (Files.isSymbolicLink(next)) {
          Path target = Files.readSymbolicLink(next);
          at = target.isAbsolute() ? Path.of("/") : at;
          // `../lib/x` from a folder that was walked without links means its parent.
          while (!target.isAbsolute() && target.startsWith("..") && at.getParent() != null) {
            at = at.getParent();
            target =
                target.getNameCount() > 1 ? target.subpath(1, target.getNameCount()) : Path.of(".");
          }
          push(left, target);
        } else {
          at = next;
        }
      }
    }
    return at;
  }

  private static void push(Deque<String> left, Path path) {
    for (int i = path.getNameCount() - 1; i >= 0; i--) {
      left.push(path.getName(i).toString());
    }
  }

  private static void requireRoots(Path path, String given)
      throws IOException, LaunchRefusedException {
    Map<String, Object> seen =
        Files.readAttributes(
            path, "unix:uid,permissions,isSymbolicLink", LinkOption.NOFOLLOW_LINKS);
    boolean link = Boolean.TRUE.equals(seen.get("isSymbolicLink"));
    Set<?> modes = (Set<?>) Objects.requireNonNull(seen.get("permissions"), "permissions");
    boolean closed =
        !modes.contains(PosixFilePermission.GROUP_WRITE)
            && !modes.contains(PosixFilePermission.OTHERS_WRITE)
            && modes.contains(PosixFilePermission.OTHERS_EXECUTE);
    if (!Integer.valueOf(0).equals(seen.get("uid")) || !(link || closed)) {
      throw untrusted(given);
    }
  }

  private static LaunchRefusedException untrusted(String given) {
    return LaunchRefusedException.of(
        Said.quoted(given)
            + " is not a program that everybody may run and nobody but root can change (expected: one of the host's, or a file of the code's folder)");
  }
}
