package dev.credence.platform.linux;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The lines of /proc/PID/maps (proc_pid_maps(5)) that show files.
///
/// @param start first address
/// @param end first address after it
/// @param executable its content may be run
/// @param device of the file, as the kernel writes it
/// @param inode of the file
/// @param path of the file as the kernel shows it, for people
record MemoryMap(long start, long end, boolean executable, String device, long inode, String path) {
  private static final int FIELDS = 6;
  private static final int PERMISSIONS = 4;

  /// @throws IOException if a line is not as the kernel writes it
  static List<MemoryMap> parse(String text) throws IOException {
    List<MemoryMap> found = new ArrayList<>();
    for (String line : text.split("\n", -1)) {
      if (!line.isEmpty()) {
        MemoryMap one = line(line);
        if (one.inode != 0) {
          found.add(one);
        }
      }
    }
    return List.copyOf(found);
  }

  /// `START-END PERMISSIONS OFFSET DEVICE INODE PATH`; line feeds in the path are escaped.
  private static MemoryMap line(String line) throws IOException {
    String[] fields = line.split(" +", FIELDS);
    if (fields.length < FIELDS - 1 || fields[1].length() != PERMISSIONS) {
      throw malformed(line);
    }
    int dash = fields[0].indexOf('-');
    if (dash < 1) {
      throw malformed(line);
    }
    try {
      return new MemoryMap(
          Long.parseUnsignedLong(fields[0].substring(0, dash), 16),
          Long.parseUnsignedLong(fields[0].substring(dash + 1), 16),
          fields[1].charAt(2) == 'x',
          fields[3],
          Long.parseUnsignedLong(fields[4]),
          fields.length == FIELDS ? fields[5] : "");
    } catch (NumberFormatException e) {
      throw malformed(line);
    }
  }

  private static IOException malformed(String line) {
    return new IOException(
        String.format(
            Locale.ROOT,
            "/proc/PID/maps: %s (expected: START-END PERMISSIONS OFFSET DEVICE INODE PATH)",
            Quoted.of(line)));
  }

  /// Its name in /proc/PID/map_files.
  String name() {
    return Long.toHexString(start) + "-" + Long.toHexString(end);
  }
}
