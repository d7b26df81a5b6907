package dev.credence.platform.linux;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.StringTokenizer;

/// The lines of /proc/PID/status (proc_pid_status(5)), by name. The program's name is the first of
/// them, and whatever its owner likes but for line feeds, which the kernel escapes: so only these
/// end a line (see [KernelText]).
final class ProcStatus {
  /// A process may be in 65,536 groups, of up to ten digits each.
  static final int LONGEST = 1 << 20;

  private final String text;

  private ProcStatus(String text) {
    this.text = text;
  }

  static ProcStatus read(ProcDirectory process) throws IOException {
    return parse(process.readText("status", LONGEST));
  }

  /// Nothing is looked for before it is asked for: of some sixty lines three or four are, at each
  /// look at a process.
  static ProcStatus parse(String text) {
    return new ProcStatus(text);
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
    return switch (line("Seccomp").orElse("0")) {
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
    return line(name).orElseThrow(() -> malformed(name));
  }

  /// What follows the name in the first line that begins with it and a colon.
  private Optional<String> line(String name) {
    int at = 0;
    while (at < text.length()) {
      int end = text.indexOf('\n', at);
      int next = end < 0 ? text.length() : end;
      int colon = at + name.length();
      if (colon < next && text.charAt(colon) == ':' && text.startsWith(name, at)) {
        return Optional.of(text.substring(colon + 1, next).strip());
      }
      at = next + 1;
    }
    return Optional.empty();
  }

  private IOException malformed(String name) {
    return new IOException(
        String.format(
            Locale.ROOT,
            "/proc/PID/status: %s is %s (expected: numbers as in proc_pid_status(5))",
            name,
            Quoted.of(line(name).orElse("missing"))));
  }
}
