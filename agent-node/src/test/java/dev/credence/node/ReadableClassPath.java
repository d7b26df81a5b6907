package dev.credence.node;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A copy of the test class path that any user can read: the original may be in somebody's home.
final class ReadableClassPath {
  private ReadableClassPath() {}

  static String own() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  static String copy() {
    try {
      Path folder = Files.createTempDirectory("classes");
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      List<String> copies = new ArrayList<>();
      for (String entry : own().split(File.pathSeparator, -1)) {
        Path source = Path.of(entry);
        if (Files.exists(source)) {
          Path target = folder.resolve(copies.size() + "-" + source.getFileName());
          copyTree(source, target);
          copies.add(target.toString());
        }
      }
      return String.join(File.pathSeparator, copies);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copyTree(Path source, Path target) throws IOException {
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String relative = source.relativize(file).toString();
        Files.copy(
            file,
            relative.isEmpty()
                ? target
                : FileSystems.getDefault().getPath(target.toString(), relative));
      }
    }
  }
}
