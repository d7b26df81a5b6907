package dev.credence.e2e.program;

import java.io.File;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The class path of the tests: every module as the reactor built it, and the test classes.
public final class ClassPath {

  private ClassPath() {}

  /// The topmost folders in which all of it lies, such as `/home`.
  public static Set<Path> roots() {
    return Stream.of(ofTests().split(File.pathSeparator, -1))
        .filter(entry -> entry.startsWith("/"))
        .map(entry -> Path.of("/").resolve(Path.of(entry).getName(0)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// As one string.
  static String ofTests() {
    var surefire = System.getProperty("surefire.test.class.path");
    return surefire == null ? System.getProperty("java.class.path") : surefire;
  }
}
