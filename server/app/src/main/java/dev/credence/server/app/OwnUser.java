package dev.credence.server.app;

import dev.credence.server.core.CoreSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The user that this process runs as, and where.
final class OwnUser {
  // The owner of /proc/self is root where a process hides itself from its user.
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final int EFFECTIVE = 2;

  private OwnUser() {}

  /// Who administers unless the configuration says otherwise.
  static Set<Integer> andRoot() {
    return Set.copyOf(List.of(0, uid()));
  }

  static int uid() {
    try (Stream<String> lines = Files.lines(STATUS, StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.startsWith("Uid:"))
          .map(line -> Integer.parseUnsignedInt(line.split("\\s+", -1)[EFFECTIVE]))
          .findFirst()
          .orElseThrow(() -> new IOException("no line \"Uid:\""));
    } catch (IOException e) {
      throw new UncheckedIOException(STATUS.toString(), e);
    }
  }

  /// Where administrators are, of which the server's own user is one.
  static CoreSettings.Administrators place(Set<Integer> admins) throws IOException {
    Set<Integer> uids = new HashSet<>(admins);
    uids.add(uid());
    return new CoreSettings.Administrators(
        uids,
        Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip(),
        (Long) Files.getAttribute(Path.of("/proc/self/ns/pid"), "unix:ino"));
  }
}
