package dev.credence.attestors.linux;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// Tells programs that run other programs, by name and content. Stateless. What it does not find
/// may still be one: the list cannot be complete.
public final class InterpreterCheck {
  private static final int PIECE = 1 << 16;

  private InterpreterCheck() {}

  /// Reads a file that nobody else can change.
  ///
  /// @throws IOException if it cannot be read
  public static boolean isInterpreter(Path file) throws IOException {
    if (Interpreters.hasName(file.toString())) {
      return true;
    }
    Interpreters.ContentSearch search = Interpreters.search();
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] piece = new byte[PIECE];
      for (int length = in.read(piece); length >= 0 && !search.found(); length = in.read(piece)) {
        search.update(piece, length);
      }
    }
    return search.found();
  }
}
