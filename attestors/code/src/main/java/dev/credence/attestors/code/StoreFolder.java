package dev.credence.attestors.code;

import dev.credence.platform.linux.NewFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// The store on disk: a folder for each copy, in it the folder `tree`. What is being made has a
/// name that no copy has, and gets its own when it is whole. Thread-safe.
///
/// Nothing is forced to the disk: after a crash a copy is used only once its content has been
/// digested again.
final class StoreFolder {
  /// The folder with the code within a copy's own.
  static final String TREE = "tree";

  private static final String UNFINISHED = "new-";

  private final Path path;
  private final AtomicLong numbers = new AtomicLong();

  private StoreFolder(Path path) {
    this.path = path;
  }

  /// A copy that was there, and when it was last used.
  record Found(Copy copy, long lastUsedMillis) {}

  /// Opens the folder, or makes it, for this process's user alone.
  static StoreFolder open(Path path) throws IOException {
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    var mode = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
    if (mode.stream().anyMatch(permission -> !permission.name().startsWith("OWNER_"))) {
      throw new IOException(
          path
              + " has mode "
              + PosixFilePermissions.toString(mode)
              + " (expected: rwx------, so that nobody reaches the code of others; chmod 700)");
    }
    return new StoreFolder(path);
  }

  /// The copies that are there. What was left half done is removed.
  List<Found> recover() throws IOException {
    var found = new ArrayList<Found>();
    var rest = new ArrayList<String>();
    try (Stream<Path> names = Files.list(path)) {
      for (Path each : names.toList()) {
        String name = each.getFileName().toString();
        var copy = Copy.named(name);
        if (copy.isPresent()) {
          long used = Files.getLastModifiedTime(each, LinkOption.NOFOLLOW_LINKS).toMillis();
          found.add(new Found(copy.get(), used));
          numbers.accumulateAndGet(copy.get().number() + 1, Math::max);
        } else {
          rest.add(name);
        }
      }
    }
    try (NewFolder folder = NewFolder.at(path)) {
      for (String name : rest) {
        folder.remove(name);
      }
    }
    return found;
  }

  /// A number that no other copy has.
  long number() {
    return numbers.getAndIncrement();
  }

  /// Where a copy's code is.
  Path tree(Copy copy) {
    return path.resolve(copy.name()).resolve(TREE);
  }

  /// Makes the folder for a new copy.
  NewFolder start(long number) throws IOException {
    try (NewFolder folder = NewFolder.at(path)) {
      return folder.folder(UNFINISHED + number);
    }
  }

  /// A new copy is whole.
  void finish(Copy copy) throws IOException {
    try (NewFolder folder = NewFolder.at(path)) {
      folder.rename(UNFINISHED + copy.number(), copy.name());
    }
  }

  /// A new copy is given up.
  void abandon(long number) throws IOException {
    try (NewFolder folder = NewFolder.at(path)) {
      folder.remove(UNFINISHED + number);
    }
  }

  /// Notes that a copy is used now.
  void touch(Copy copy) throws IOException {
    try (NewFolder folder = NewFolder.at(path)) {
      folder.touch(copy.name());
    }
  }

  void remove(Copy copy) throws IOException {
    try (NewFolder folder = NewFolder.at(path)) {
      folder.remove(copy.name());
    }
  }
}
