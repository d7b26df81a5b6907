package dev.credence.attestors.container;

import java.util.Locale;
import java.util.regex.Pattern;

/// The full id of a container, with the engine that made it.
///
/// @param hex 64 lower-case hex digits
record ContainerId(EngineKind engine, String hex) {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

  ContainerId {
    if (!HEX.matcher(hex).matches()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "container id of %d characters (expected: 64 hex)", hex.length()));
    }
  }

  /// As people know it.
  @Override
  public String toString() {
    return engine.label() + " container " + hex.substring(0, 12);
  }
}
