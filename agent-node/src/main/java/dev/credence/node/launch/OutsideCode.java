package dev.credence.node.launch;

import dev.credence.platform.linux.FileStat;
import dev.credence.platform.linux.LocalFileSystems;
import dev.credence.platform.linux.MountTable;
import dev.credence.platform.linux.OpenFile;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/// Where interpreters look for code beside what was measured: whether anybody but root can put some
/// there. Looks at what the kernel holds, so that no file system that a user serves is asked.
/// Stateless.
final class OutsideCode {
  private static final int OTHERS_WRITE = 0022;
  private static final int KIND = 0170000;
  private static final int FOLDER = 0040000;

  private OutsideCode() {}

  /// Why there may be code in a user's home that nobody measured. Empty: the home, and all above
  /// it, is root's and closed, and has no hidden files (`.node_modules`, `.local`, `.gem`) but
  /// root's; or it is not there, and only root can make it.
  static Optional<String> inHome(String home) {
    Path path = Path.of(home);
    if (!path.isAbsolute() || !path.normalize().equals(path)) {
      return Optional.of(Said.quoted(home) + " is no plain path");
    }
    try (MountTable mounts = MountTable.own()) {
      Optional<String> open = onTheWay(path, mounts);
      return open.isPresent() ? open : hidden(path);
    } catch (IOException e) {
      return Optional.of(path + " cannot be looked at");
    }
  }

  /// Why `node_modules` in a folder above the code may have code that nobody measured: Node.js
  /// looks there. Empty: all these folders are root's and closed, shared ones such as /tmp are not.
  static Optional<String> above(Path code) {
    try (MountTable mounts = MountTable.own()) {
      for (Path at = code.getParent(); at != null; at = at.getParent()) {
        Path modules = at.resolve("node_modules");
        if (!isRoots(at, mounts, true)) {
          return changeable(at);
        }
        if (!isAbsent(modules) && !isRoots(modules, mounts, true)) {
          return changeable(modules);
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("a folder above " + code + " cannot be looked at");
    }
  }

  /// In a folder that is shared, but sticky, what is root's stays, and what is not there may come.
  private static Optional<String> onTheWay(Path home, MountTable mounts) throws IOException {
    Path at = Path.of("/");
    for (Path name : home) {
      Path next = at.resolve(name);
      if (!isRoots(at, mounts, false)) {
        return changeable(at);
      }
      if (isAbsent(next)) {
        return isRoots(at, mounts, true) ? Optional.empty() : changeable(at);
      }
      at = next;
    }
    return isRoots(at, mounts, true) ? Optional.empty() : changeable(at);
  }

  private static Optional<String> changeable(Path folder) {
    return Optional.of(folder + " can be changed by others than root");
  }

  private static Optional<String> hidden(Path home) throws IOException {
    if (isAbsent(home)) {
      return Optional.empty();
    }
    try (DirectoryStream<Path> hidden = Files.newDirectoryStream(home, ".*")) {
      for (Path each : hidden) {
        FileStat stat = stat(each);
        if (!stat.isRegular() || stat.uid() != 0 || (stat.mode() & OTHERS_WRITE) != 0) {
          return Optional.of(Said.quoted(each.toString()) + " is there");
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return Optional.empty();
  }

  /// @param strictly also nobody may make a file in it
  private static boolean isRoots(Path folder, MountTable mounts, boolean strictly)
      throws IOException {
    FileStat stat = stat(folder);
    boolean closed = (stat.mode() & OTHERS_WRITE) == 0;
    boolean sticky = (stat.mode() & 01000) != 0;
    return (stat.mode() & KIND) == FOLDER
        && stat.uid() == 0
        && (closed || (sticky && !strictly))
        && LocalFileSystems.contains(mounts.fileSystem(stat.mountId()).orElse(""));
  }

  private static FileStat stat(Path path) throws IOException {
    try (OpenFile place = OpenFile.withoutLinks(path.toString())) {
      return place.stat();
    }
  }

  /// Asked of what is in a folder of root's alone.
  private static boolean isAbsent(Path path) {
    return Files.notExists(path, LinkOption.NOFOLLOW_LINKS);
  }
}
