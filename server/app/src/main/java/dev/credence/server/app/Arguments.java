package dev.credence.server.app;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The command line of the server.
record Arguments(Path config, boolean stopWithStdin) {
  /// Null: not a command line of ours.
  static @Nullable Arguments parse(String[] args) {
    Path config = null;
    boolean stopWithStdin = false;
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--stop-with-stdin")) {
        stopWithStdin = true;
      } else if (args[i].equals("--config") && i + 1 < args.length && config == null) {
        config = path(args[++i]);
      } else {
        return null;
      }
    }
    return config == null ? null : new Arguments(config, stopWithStdin);
  }

  private static @Nullable Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      return null;
    }
  }
}
