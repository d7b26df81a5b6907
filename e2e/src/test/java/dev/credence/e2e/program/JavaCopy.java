package dev.credence.e2e.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A copy of the `java` launcher in a folder of its own, so that one Java program can be told from
/// another by its executable: DIR/bin/java is a file of its own, everything else is linked to the
/// JDK.
public record JavaCopy(Path executable) {

  /// Makes `folder` and the copy in it.
  public static JavaCopy in(Path folder) throws IOException {
    var jdk = jdk();
    var bin = Files.createDirectories(folder.resolve("bin"));
    for (var part : List.of("lib", "conf")) {
      Files.createSymbolicLink(folder.resolve(part), jdk.resolve(part));
    }
    var executable = Files.copy(jdk.resolve("bin/java"), bin.resolve("java"));
    return new JavaCopy(executable.toRealPath());
  }

  /// The JDK that runs the tests.
  public static Path jdk() {
    return Path.of(System.getProperty("java.home"));
  }

  /// The selector that names it.
  public String selector() {
    return "unix:path:" + executable;
  }
}
