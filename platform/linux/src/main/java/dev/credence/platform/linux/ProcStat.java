package dev.credence.platform.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// The fields of /proc/PID/stat that we use (proc_pid_stat(5)).
///
/// @param state one letter: `R` running, `Z` ended but not yet collected, ...
/// @param parent pid of the parent
/// @param flags of the kernel's task
/// @param threads that have not ended; the first one counts until the process is collected
/// @param startTime clock ticks since boot
/// @param layout where the program was put into memory
record ProcStat(char state, int parent, long flags, long threads, long startTime, Layout layout) {
  /// Longest line that the kernel can write, generously.
  static final int LONGEST = 4096;

  private static final int FIRST_AFTER_NAME = 3;
  private static final int LAST_USED = 51;
  private static final int MOST_FIELDS = 80;

  /// New at each exec, if the kernel randomizes; 1 and 0 where it does not show them.
  record Layout(long startCode, long startStack, long argStart, long envEnd) {}

  /// Parses the line. The program's name is whatever its owner likes, spaces, parentheses and line
  /// feeds included, so the fields are counted from the last closing parenthesis.
  static ProcStat parse(byte[] line) throws IOException {
    String text = new String(line, StandardCharsets.ISO_8859_1);
    int close = text.lastIndexOf(')');
    if (close < 0 || line.length > LONGEST) {
      throw malformed("no name in parentheses", text);
    }
    String[] fields = text.substring(close + 1).strip().split(" ", MOST_FIELDS);
    if (fields.length <= LAST_USED - FIRST_AFTER_NAME || fields[0].length() != 1) {
      throw malformed(String.format(Locale.ROOT, "%d fields after the name", fields.length), text);
    }
    try {
      return new ProcStat(
          fields[0].charAt(0),
          Math.toIntExact(number(fields, 4)),
          number(fields, 9),
          number(fields, 20),
          number(fields, 22),
          new Layout(
              number(fields, 26), number(fields, 28), number(fields, 48), number(fields, 51)));
    } catch (NotANumber e) {
      throw malformed(String.format(Locale.ROOT, "field %d is not a number", e.field), text);
    } catch (ArithmeticException e) {
      throw malformed("field 4 is no pid", text);
    }
  }

  static ProcStat read(ProcDirectory process) throws IOException {
    return parse(process.read("stat", LONGEST));
  }

  /// Ended, whether collected or not. One whose first thread has ended while others run shows as
  /// ended, too, and is not.
  boolean isDead() {
    return hasFirstThreadEnded() && threads <= 1;
  }

  private boolean hasFirstThreadEnded() {
    return state == 'Z' || state == 'X' || state == 'x';
  }

  /// Dead, or on the way there: then it may have no memory any more, and would look like another
  /// program. One without its first thread does not show its program either, so it is given up.
  boolean isEnding() {
    final long pfExiting = 0x00000004;
    return hasFirstThreadEnded() || (flags & pfExiting) != 0;
  }

  /// No program of anybody, but a part of the kernel.
  boolean isKernelThread() {
    final long pfKthread = 0x00200000;
    return (flags & pfKthread) != 0;
  }

  private static String field(String[] fields, int number) {
    return fields[number - FIRST_AFTER_NAME];
  }

  private static long number(String[] fields, int number) throws NotANumber {
    String digits = field(fields, number);
    if (digits.isEmpty() || digits.charAt(0) < '0' || digits.charAt(0) > '9') {
      throw new NotANumber(number);
    }
    try {
      return Long.parseUnsignedLong(digits);
    } catch (NumberFormatException e) {
      // Its message holds what stood there, as it stood there.
      throw new NotANumber(number);
    }
  }

  /// What stands in a field is none.
  private static final class NotANumber extends Exception {
    private static final long serialVersionUID = 1;
    private final int field;

    NotANumber(int field) {
      this.field = field;
    }
  }

  private static IOException malformed(String what, String text) {
    return new IOException(
        String.format(
            Locale.ROOT,
            "/proc/PID/stat: %s in %s (expected: PID (NAME) STATE and at least 49 numbers)",
            what,
            Quoted.of(text)));
  }
}
