package dev.credence.e2e.program;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/// Finds what a story left running: every process it started, and whatever these started, inherits
/// a mark in its environment.
///
/// @param mark the value
public record Remains(String mark) {

  private static final String VARIABLE = "CREDENCE_E2E_MARK";

  /// A mark that nobody has yet.
  public static Remains fresh() {
    return new Remains(UUID.randomUUID().toString());
  }

  /// The program with this mark.
  public Program mark(Program program) {
    return program.with(VARIABLE, mark);
  }

  /// Command lines of living processes that carry the mark.
  public List<String> alive() throws IOException {
    try (var processes = Files.list(Path.of("/proc"))) {
      return processes.filter(this::carries).map(Remains::commandLine).toList();
    }
  }

  private boolean carries(Path process) {
    try {
      return Character.isDigit(process.getFileName().toString().charAt(0))
          && Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1)
              .contains(VARIABLE + "=" + mark);
    } catch (IOException e) {
      return false;
    }
  }

  private static String commandLine(Path process) {
    try {
      return process.getFileName()
          + " "
          + Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1)
              .replace('\0', ' ');
    } catch (IOException e) {
      return process.toString();
    }
  }
}
