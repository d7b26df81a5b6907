package dev.credence.attestors.linux;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Names of users or groups, from /etc/passwd or /etc/group of the node's own host, read again when
/// the file changed. Thread-safe.
///
/// Other name services (LDAP, SSSD) are not asked: they may block, and they may be wrong about who
/// a number is. Accounts that only they know have no name here; their numbers can still be
/// selected.
public final class AccountNames {
  private static final int LONGEST = 16 << 20;

  private final Path file;
  private volatile @Nullable Names current;

  /// @param file like /etc/passwd or /etc/group
  public AccountNames(Path file) {
    this.file = file;
  }

  private record Version(FileTime modified, long size, @Nullable Object key) {}

  private record Names(Version version, Map<String, String> byId) {}

  /// Where the names are from.
  String file() {
    return file.toString();
  }

  /// The first name that the file gives to this number.
  ///
  /// @param id unsigned
  public Optional<String> of(int id) throws IOException {
    Version version = version();
    Names names = current;
    if (names == null || !names.version().equals(version)) {
      names = new Names(version, read());
      current = names;
    }
    return Optional.ofNullable(names.byId().get(Integer.toUnsignedString(id)));
  }

  private Version version() throws IOException {
    var attributes = Files.readAttributes(file, BasicFileAttributes.class);
    if (!attributes.isRegularFile()) {
      throw new IOException(file + " is not a regular file (expected: one)");
    }
    return new Version(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
  }

  private Map<String, String> read() throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LONGEST + 1);
    }
    if (bytes.length > LONGEST) {
      throw new IOException(file + " is longer than " + LONGEST + " bytes");
    }
    return parse(new String(bytes, StandardCharsets.UTF_8));
  }

  /// `NAME:PASSWORD:ID:...`; lines that are not like this (comments, NIS) name nobody.
  static Map<String, String> parse(String text) {
    Map<String, String> byId = new HashMap<>();
    // Only line feeds end a line, as for the C library: not a carriage return in somebody's name.
    Stream.of(text.split("\n", -1))
        .forEach(line -> {
          String[] fields = line.split(":", 4);
          if (fields.length >= 3
              && !fields[0].isEmpty()
              && fields[2].matches("0|[1-9][0-9]{0,9}")) {
            byId.putIfAbsent(fields[2], fields[0]);
          }
        });
    return Map.copyOf(byId);
  }
}
