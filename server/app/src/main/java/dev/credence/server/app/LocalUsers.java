package dev.credence.server.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// Names of local users, from /etc/passwd.
final class LocalUsers {
  private static final int NAME = 0;
  private static final int UID = 2;
  private static final long MAX_LINES = 100_000;

  private final Path passwd;

  LocalUsers(Path passwd) {
    this.passwd = passwd;
  }

  /// The name of a uid; empty if nobody (or the file) says.
  Optional<String> name(int uid) {
    String wanted = Integer.toUnsignedString(uid);
    try (Stream<String> lines = Files.lines(passwd, StandardCharsets.ISO_8859_1)) {
      return lines
          .limit(MAX_LINES)
          .map(line -> line.split(":", -1))
          .filter(fields -> fields.length > UID && fields[UID].equals(wanted))
          .map(fields -> fields[NAME])
          .findFirst();
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }
}
