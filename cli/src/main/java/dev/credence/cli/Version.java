package dev.credence.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// The version of this build.
final class Version {

  private Version() {}

  /// For example "0.1.0-SNAPSHOT".
  static String current() {
    try (InputStream resource = Version.class.getResourceAsStream("version.txt")) {
      return resource == null
          ? "unknown"
          : new String(resource.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The line that `credence version` prints.
  static String line() {
    return "credence " + current() + " (Java " + Runtime.version() + ")";
  }
}
