package dev.credence.node.launch;

import dev.credence.platform.linux.OpenFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The folder whose code is measured and covered by the copy: the caller has opened it with its own
/// rights, and sent it. Closed by whoever received the file.
///
/// @param file as it was sent
/// @param path canonical, as the kernel shows it to the node
record CodeFolder(OpenFile file, Path path) {
  /// Neither these nor anything in them, nor anything that they are in.
  private static final List<String> OF_THE_HOST =
      List.of(
          "/usr",
          "/bin",
          "/sbin",
          "/lib",
          "/lib32",
          "/lib64",
          "/libx32",
          "/etc",
          "/proc",
          "/sys",
          "/dev",
          "/run",
          "/boot",
          "/var/run",
          "/var/lib",
          "/snap");

  /// Not these themselves, though what is in them may be.
  private static final List<String> SHARED =
      List.of("/", "/tmp", "/var/tmp", "/home", "/root", "/opt", "/srv", "/var", "/mnt", "/media");

  /// Takes what was sent.
  ///
  /// @param untouchable folders and files of the node's own
  /// @throws LaunchRefusedException if it is no folder, or one that must not be covered
  static CodeFolder of(OpenFile file, List<Path> untouchable) throws LaunchRefusedException {
    Path path = pathOf(file, "the folder of the code");
    if (SHARED.contains(path.toString())) {
      throw refused(path, "too much is in it");
    }
    for (String hosts : OF_THE_HOST) {
      if (overlap(path, Path.of(hosts))) {
        throw refused(path, hosts + " is the host's");
      }
    }
    for (Path own : untouchable) {
      if (own.startsWith(path) || path.startsWith(own)) {
        throw refused(path, "it has to do with a part of Credence or of its JDK");
      }
    }
    return new CodeFolder(file, path);
  }

  /// The canonical path of a folder that was sent.
  static Path pathOf(OpenFile file, String what) throws LaunchRefusedException {
    try {
      if (!file.isFolder()) {
        throw LaunchRefusedException.of(what + " is no folder (expected: one)");
      }
      String text = file.path();
      Path path = Path.of(text);
      if (!path.normalize().toString().equals(text) || text.chars().anyMatch(c -> c < ' ')) {
        throw LaunchRefusedException.of(
            what + ": " + Said.quoted(text) + " (expected: a plain path)");
      }
      return path;
    } catch (IOException | IllegalArgumentException e) {
      throw LaunchRefusedException.of(
          what
              + " cannot be used: "
              + e.getMessage()
              + " (expected: a folder that the node sees too)");
    }
  }

  /// Why somebody other than root could put another folder in this one's place while a program
  /// runs, although the copy covers it: a cover hangs on the folder, not on its path, so renaming a
  /// folder on the way brings another one under the path. Empty: nobody can.
  Optional<String> movableBecause() {
    for (Path at = path; at.getParent() != null; at = at.getParent()) {
      Path parent = at.getParent();
      try {
        if (!isFixed(parent, at)) {
          return Optional.of(parent + " can be changed by others than root");
        }
      } catch (IOException e) {
        return Optional.of(parent + " cannot be looked at");
      }
    }
    return Optional.empty();
  }

  private static boolean isFixed(Path parent, Path child) throws IOException {
    int mode = (Integer) Files.getAttribute(parent, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    boolean rootsParent = isRoots(parent);
    boolean closed = (mode & 0022) == 0;
    boolean sticky = (mode & 01000) != 0;
    return rootsParent && (closed || (sticky && isRoots(child)));
  }

  private static boolean isRoots(Path folder) throws IOException {
    return Integer.valueOf(0)
        .equals(Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS));
  }

  private static boolean overlap(Path one, Path other) {
    return one.startsWith(other) || other.startsWith(one);
  }

  private static LaunchRefusedException refused(Path path, String why) {
    return LaunchRefusedException.of(
        "the folder of the code is "
            + path
            + ": "
            + why
            + " (expected: a folder of the agent alone, named by --code)");
  }

  /// The place in this folder that a path of the command stands for.
  ///
  /// @param given as the command has it
  /// @param workingFolder canonical
  /// @throws LaunchRefusedException if it is not inside
  String inside(String given, Path workingFolder) throws LaunchRefusedException {
    if (List.of(given.split("/", -1)).contains("..")) {
      throw LaunchRefusedException.of(
          Said.quoted(given)
              + " has a part `..` (expected: a path without one: what is run lies in the code's folder, which is the working folder or the one that --code names)");
    }
    Path meant;
    try {
      meant = workingFolder.resolve(given).normalize();
    } catch (IllegalArgumentException e) {
      throw LaunchRefusedException.of(Said.quoted(given) + " (expected: a path)");
    }
    if (!meant.startsWith(path) || meant.equals(path)) {
      throw LaunchRefusedException.of(
          Said.quoted(given)
              + " is not in the folder of the code, "
              + path
              + " (expected: a file there; --code names the folder, and the command's paths begin at the working folder, not at --code)");
    }
    return path.relativize(meant).toString();
  }

  /// True if a path of the command is this folder itself.
  boolean is(String given, Path workingFolder) {
    try {
      return !List.of(given.split("/", -1)).contains("..")
          && workingFolder.resolve(given).normalize().equals(path);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /// True if a path of the command lies in this folder; for programs.
  boolean contains(String given, Path workingFolder) {
    try {
      Path meant = workingFolder.resolve(given).normalize();
      return given.indexOf('/') >= 0 && meant.startsWith(path) && !meant.equals(path);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
