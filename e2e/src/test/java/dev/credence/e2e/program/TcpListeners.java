package dev.credence.e2e.program;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// The TCP ports on which a process listens, as the kernel knows them.
public final class TcpListeners {

  private static final String LISTEN = "0A";
  private static final Pattern SOCKET = Pattern.compile("socket:\\[(\\d+)]");
  private static final Pattern LOOPBACK =
      Pattern.compile(
          "(?:0100007F|00000000000000000000000001000000|0000000000000000FFFF00000100007F):.*");

  private TcpListeners() {}

  /// Local addresses that others than this machine could reach, in the kernel's own notation.
  public static List<String> reachable(ProcessHandle process) throws IOException {
    var folder = Path.of("/proc/" + process.pid());
    var own = sockets(folder.resolve("fd"));
    var found = new ArrayList<String>();
    for (var table : List.of("net/tcp", "net/tcp6")) {
      for (var line : Files.readAllLines(folder.resolve(table))) {
        var fields = line.strip().split("\\s+", -1);
        if (fields[3].equals(LISTEN)
            && own.contains(fields[9])
            && !LOOPBACK.matcher(fields[1]).matches()) {
          found.add(fields[1]);
        }
      }
    }
    return found;
  }

  private static Set<String> sockets(Path descriptors) throws IOException {
    var inodes = new HashSet<String>();
    try (var entries = Files.list(descriptors)) {
      for (var entry : entries.toList()) {
        var matcher = SOCKET.matcher(Files.readSymbolicLink(entry).toString());
        if (matcher.matches()) {
          inodes.add(matcher.group(1));
        }
      }
    }
    return inodes;
  }
}
