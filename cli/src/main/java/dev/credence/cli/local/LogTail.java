package dev.credence.cli.local;

import dev.credence.cli.print.Printable;
import dev.credence.cli.print.Text;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Collectors;

/// The last lines of a log, for a message about why a daemon is gone.
final class LogTail {

  private static final int LINES = 8;
  private static final int BYTES = 16 * 1024;

  private LogTail() {}

  /// Where the log ends by now; 0 if there is none.
  static long end(Path log) {
    try {
      return Files.size(log);
    } catch (IOException _) {
      return 0;
    }
  }

  /// The last lines that were written after `from`, each on a line of its own, indented; a sentence
  /// if there are none.
  static String of(Path log, long from) {
    try (var channel = java.nio.channels.FileChannel.open(log, StandardOpenOption.READ)) {
      var start = Math.max(from, channel.size() - BYTES);
      var bytes = java.nio.ByteBuffer.allocate((int) Math.max(0, channel.size() - start));
      channel.read(bytes, start);
      var lines = StandardCharsets.UTF_8.decode(bytes.flip()).toString().lines().toList();
      if (lines.isEmpty()) {
        return " (the log is empty)";
      }
      return lines.stream()
          .skip(Math.max(0, lines.size() - LINES))
          .map(line -> "\n  | " + Printable.line(line))
          .collect(Collectors.joining());
    } catch (IOException e) {
      return Text.of(" (the log cannot be read: %s)", e.getMessage());
    }
  }
}
