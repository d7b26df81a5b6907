package dev.credence.platform.linux;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringTokenizer;

/// The lines of /proc/PID/status (proc_pid_status(5)), by name. The program's name is the first of
/// them, and whatever its owner likes but for line feeds, which the kernel escapes: so only these
/// end a line ([KernelText]).
final class ProcStatus {
  /// A process may be in 65,536 groups, of up to ten digits each.
  static final int LONGEST = 1 << 20;

  private final Map<String, String> lines;

  private ProcStatus(Map<String, String> lines) {
    this.lines = lines;
  }

  static ProcStatus read(ProcDirectory process) throws IOException {
    return parse(process.readText("status", LONGEST));
  }

  static ProcStatus parse(String text) {
    Map<String, String> lines = new HashMap<>();
    KernelText.lines(text)
        .forEach(line -> {
          int colon = line.indexOf(':');
          if (colon > 0) {
            lines.putIfAbsent(line.substring(0, colon), line.substring(colon + 1).strip());
          }
        });
    return new ProcStatus(Map.copyOf(lines));
  }

  /// Real, effective, saved and file-system user id.
  List<Integer> uids() throws IOException {
    return four("Uid");
  }

  /// Real, effective, saved and file-system group id.
  List<Integer> gids() throws IOException {
    return four("Gid");
  }

  List<Integer> supplementaryGids() throws IOException {
    return ids("Groups");
  }

  boolean noNewPrivileges() throws IOException {
    return text("NoNewPrivs").equals("1");
  }

  /// Pid of the process that traces it; 0: none.
  int tracer() throws IOException {
    List<Integer> pids = ids("TracerPid");
    if (pids.size() != 1) {
      throw malformed("TracerPid");
    }
    return pids.getFirst();
  }

  /// The text after a name.
  String value(String name) throws IOException {
    return text(name);
  }

  /// A kernel without seccomp(2) has no such line.
  Restrictions.Seccomp seccomp() throws IOException {
    return switch (lines.getOrDefault("Seccomp", "0")) {
      case "0" -> Restrictions.Seccomp.NONE;
      case "1" -> Restrictions.Seccomp.STRICT;
      case "2" -> Restrictions.Seccomp.FILTER;
      default -> throw malformed("Seccomp");
    };
  }

  long permittedCapabilities() throws IOException {
    String digits = text("CapPrm");
    if (!digits.matches("[0-9a-f]{16}")) {
      throw malformed("CapPrm");
    }
    return Long.parseUnsignedLong(digits, 16);
  }

  private List<Integer> four(String name) throws IOException {
    List<Integer> ids = ids(name);
    if (ids.size() != 4) {
      throw malformed(name);
    }
    return ids;
  }

  private List<Integer> ids(String name) throws IOException {
    List<Integer> ids = new ArrayList<>();
    var tokens = new StringTokenizer(text(name));
    try {
      while (tokens.hasMoreTokens()) {
        ids.add(Integer.parseUnsignedInt(tokens.nextToken()));
      }
    } catch (NumberFormatException e) {
      throw new IOException(malformed(name).getMessage(), e);
    }
    return List.copyOf(ids);
  }

  private String text(String name) throws IOException {
    String value = lines.get(name);
    if (value == null) {
      throw malformed(name);
    }
    return value;
  }

  private IOException malformed(String name) {
    return new IOException(
        String.format(
            Locale.ROOT,
            "/proc/PID/status: %s is %s (expected: numbers as in proc_pid_status(5))",
            name,
            Quoted.of(lines.getOrDefault(name, "missing"))));
  }
}
