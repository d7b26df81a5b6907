package dev.credence.platform.linux;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The control groups of a process, one for each hierarchy, as /proc/PID/cgroup lists them
/// (cgroups(7)). Equal if two processes are in the same group of every hierarchy. Immutable.
///
/// The names in the paths are those of whoever may make groups there: a user to whom a part of the
/// tree was given makes any name in it. Only the whole path, compared with that of a process known
/// to be in the right place, says anything.
///
/// @param lines in the kernel's order
public record ControlGroups(List<Line> lines) {
  /// Most that is read of the file.
  static final int LONGEST = 1 << 16;

  private static final int MOST_LINES = 64;
  private static final int LONGEST_PATH = 4096;
  private static final Pattern LINE = Pattern.compile("([0-9]{1,9}):([^:/]{0,255}):(/.*)");

  /// The group in one hierarchy.
  ///
  /// @param hierarchy number of the hierarchy, 0 for the unified one (version 2)
  /// @param controllers those of a version 1 hierarchy, or its name; empty for the unified one
  /// @param path begins with a slash
  public record Line(int hierarchy, String controllers, String path) {}

  public ControlGroups {
    lines = List.copyOf(lines);
  }

  static ControlGroups read(ProcDirectory process) throws IOException {
    return parse(process.readText("cgroup", LONGEST));
  }

  /// Parses what the kernel wrote: nothing but whole lines of the known form.
  ///
  /// @throws IOException if it is something else, or two lines are of one hierarchy
  public static ControlGroups parse(String text) throws IOException {
    if (text.isEmpty() || !text.endsWith("\n")) {
      throw malformed("the end", text);
    }
    List<Line> lines = new ArrayList<>();
    for (String line : text.substring(0, text.length() - 1).split("\n", -1)) {
      Matcher parts = LINE.matcher(line);
      if (!parts.matches()
          || lines.size() == MOST_LINES
          || parts.group(3).length() > LONGEST_PATH
          || !isPlain(parts.group(3))) {
        throw malformed("a line", line);
      }
      var read = new Line(Integer.parseInt(parts.group(1)), parts.group(2), parts.group(3));
      if (lines.stream().anyMatch(one -> one.hierarchy == read.hierarchy)) {
        throw malformed("a second line of one hierarchy", line);
      }
      lines.add(read);
    }
    return new ControlGroups(lines);
  }

  /// The path in the unified hierarchy, if there is one.
  public Optional<String> unified() {
    return path(0);
  }

  /// The path in the version 1 hierarchy of that name (`name=systemd`), if there is one.
  public Optional<String> named(String controllers) {
    return lines.stream()
        .filter(line -> line.controllers.equals(controllers))
        .map(Line::path)
        .findFirst();
  }

  private Optional<String> path(int hierarchy) {
    return lines.stream().filter(line -> line.hierarchy == hierarchy).map(Line::path).findFirst();
  }

  /// No control characters, which a name may hold, and which would break a message's line.
  private static boolean isPlain(String path) {
    return path.chars().allMatch(c -> c >= ' ' && c != 0x7f);
  }

  private static IOException malformed(String what, String text) {
    return new IOException(
        String.format(
            Locale.ROOT,
            "/proc/PID/cgroup: %s is %s (expected: NUMBER:CONTROLLERS:/PATH)",
            what,
            Quoted.of(text)));
  }
}
