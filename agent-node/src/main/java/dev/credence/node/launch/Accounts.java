package dev.credence.node.launch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// The accounts of this host, from its passwd and group files alone: other name services may block,
/// and may be wrong about who a number is. Stateless.
final class Accounts {
  private static final int LONGEST = 16 << 20;

  private final Path passwd;
  private final Path group;

  Accounts(Path passwd, Path group) {
    this.passwd = passwd;
    this.group = group;
  }

  /// Those of /etc.
  static Accounts ofHost() {
    return new Accounts(Path.of("/etc/passwd"), Path.of("/etc/group"));
  }

  /// By name, with the account's own groups.
  Optional<Account> named(String name) throws IOException {
    Optional<Account> found = find(fields -> fields[0].equals(name));
    return found.isPresent()
        ? Optional.of(found.get().in(found.get().gid(), groups(name)))
        : Optional.empty();
  }

  /// The first account with this number; one without name, home and shell if there is none.
  Account of(int uid) throws IOException {
    String number = Integer.toUnsignedString(uid);
    return find(fields -> fields[2].equals(number))
        .orElse(new Account(uid, uid, List.of(), number, "/", "/bin/sh"));
  }

  private Optional<Account> find(Predicate<String[]> wanted) throws IOException {
    return lines(passwd).stream()
        .map(line -> line.split(":", -1))
        .filter(fields -> fields.length == 7 && !fields[0].isEmpty())
        .filter(fields -> isId(fields[2]) && isId(fields[3]))
        .filter(wanted)
        .findFirst()
        .map(fields ->
            new Account(
                Integer.parseUnsignedInt(fields[2]),
                Integer.parseUnsignedInt(fields[3]),
                List.of(),
                fields[0],
                fields[5].startsWith("/") ? fields[5] : "/",
                fields[6].startsWith("/") ? fields[6] : "/bin/sh"));
  }

  private List<Integer> groups(String name) throws IOException {
    var groups = new ArrayList<Integer>();
    for (String line : lines(group)) {
      String[] fields = line.split(":", -1);
      if (fields.length == 4
          && isId(fields[2])
          && Arrays.asList(fields[3].split(",", -1)).contains(name)) {
        groups.add(Integer.parseUnsignedInt(fields[2]));
      }
    }
    return groups;
  }

  private static boolean isId(String text) {
    return text.matches("0|[1-9][0-9]{0,9}") && Long.parseLong(text) < 4_294_967_295L;
  }

  private static List<String> lines(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LONGEST + 1);
      if (bytes.length > LONGEST) {
        throw new IOException(file + " is longer than " + LONGEST + " bytes");
      }
      // Only line feeds end a line, as for the C library: not a carriage return in somebody's name.
      return List.of(new String(bytes, StandardCharsets.UTF_8).split("\n", -1));
    }
  }
}
