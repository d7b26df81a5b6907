package dev.credence.server.app;

import java.util.Optional;

/// The version of this software, from the jar's manifest.
final class Version {
  private Version() {}

  static String text() {
    return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
        .orElse("development");
  }
}
