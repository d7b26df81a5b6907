package dev.credence.certs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds docs/spec from wherever the tests run. */
final class SpecFolder {
  private SpecFolder() {}

  static Path path() {
    return root().resolve("docs/spec");
  }

  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isDirectory(folder.resolve("docs/spec/vectors"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new AssertionError("docs/spec/vectors not found above " + Path.of("").toAbsolutePath());
    }
    return folder;
  }

  static Json.Members vectors(String file) throws IOException {
    return Json.object(Files.readString(path().resolve("vectors").resolve(file)));
  }
}
