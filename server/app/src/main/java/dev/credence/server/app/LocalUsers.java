package dev.credence.server.app;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// Names of local users, from /etc/passwd.
final class LocalUsers {
  private static final int NAME = 0;
  private static final int UID = 2;
  private static final int LONGEST = 16 << 20;

  private final Path passwd;

  LocalUsers(Path passwd) {
    this.passwd = passwd;
  }

  /// The name of a uid; empty if nobody (or the file, of at most 16 MiB) says.
  Optional<String> name(int uid) {
    String wanted = Integer.toUnsignedString(uid);
    try (InputStream in = Files.newInputStream(passwd)) {
      byte[] bytes = in.readNBytes(LONGEST + 1);
      if (bytes.length > LONGEST) {
        return Optional.empty();
      }
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      // Only line feeds end a line, as for the C library: not a carriage return in somebody's name.
      return Stream.of(text.split("\n", -1))
          .map(line -> line.split(":", -1))
          .filter(fields -> fields.length > UID && fields[UID].equals(wanted))
          .map(fields -> fields[NAME])
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
