package dev.credence.platform.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/// The limit of the kernel on the path of a Unix socket (unix(7): 108 bytes with the closing zero).
public final class UnixSocketPath {
  /// Longest path, in bytes of UTF-8.
  public static final int LONGEST = 107;

  private UnixSocketPath() {}

  /// Answers the path if a socket can be bound there.
  ///
  /// @throws IllegalArgumentException if it is too long; the message says by how much
  public static Path check(Path path) {
    int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length == 0 || length > LONGEST) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "socket path %s is %d bytes long (expected: 1 to %d, the kernel's limit for Unix sockets)",
              Quoted.of(path.toString()),
              length,
              LONGEST));
    }
    return path;
  }
}
