package dev.credence.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// How a node shows itself to people at the server.
record Software(String hostName, String version) {
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  /// This machine and this program.
  static Software here() {
    String version = Software.class.getPackage().getImplementationVersion();
    return new Software(
        readHostName(), "credence-node " + (version == null ? "development" : version));
  }

  private static String readHostName() {
    try {
      return Files.readString(HOST_NAME).strip();
    } catch (IOException e) {
      return ""; // for people only
    }
  }
}
