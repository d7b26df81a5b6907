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

  /// New at each exec, if the kernel randomizes; 1 and 0 where it does not show them.
  record Layout(long startCode, long startStack, long argStart, long envEnd) {}

  /// Parses the line. The program's name is whatever its owner likes, spaces, parentheses and line
  /// feeds included, so the fields are counted from the last closing parenthesis.
  static ProcStat parse(byte[] line) throws IOException {
    Fields fields = Fields.of(line);
    try {
      return new ProcStat(
          fields.letter(3),
          Math.toIntExact(fields.number(4)),
          fields.number(9),
          fields.number(20),
          fields.number(22),
          new Layout(fields.number(26), fields.number(28), fields.number(48), fields.number(51)));
    } catch (NotANumber e) {
      throw malformed(String.format(Locale.ROOT, "field %d is not a number", e.field), line);
    } catch (ArithmeticException e) {
      throw malformed("field 4 is no pid", line);
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

  /// Where the fields after the name begin. The line is read several times for each process, and
  /// most of its fields are of no use here: they are passed over as bytes.
  private static final class Fields {
    private final byte[] line;
    private final int[] starts;

    private Fields(byte[] line, int[] starts) {
      this.line = line;
      this.starts = starts;
    }

    static Fields of(byte[] line) throws IOException {
      int close = line.length <= LONGEST ? lastParenthesis(line) : -1;
      if (close < 0) {
        throw malformed("no name in parentheses", line);
      }
      int[] starts = new int[LAST_USED - FIRST_AFTER_NAME + 2];
      int count = 0;
      int end = line.length > 0 && line[line.length - 1] == '\n' ? line.length - 1 : line.length;
      for (int at = close + 1; at < end && count < starts.length - 1; count++) {
        if (line[at] != ' ') {
          throw malformed("no space before field " + (count + FIRST_AFTER_NAME), line);
        }
        starts[count] = at + 1;
        at++;
        while (at < end && line[at] != ' ') {
          at++;
        }
        starts[count + 1] = at + 1;
      }
      if (count < starts.length - 1) {
        throw malformed(String.format(Locale.ROOT, "%d fields after the name", count), line);
      }
      return new Fields(line, starts);
    }

    private static int lastParenthesis(byte[] line) {
      int at = line.length - 1;
      while (at >= 0 && line[at] != ')') {
        at--;
      }
      return at;
    }

    char letter(int number) throws IOException {
      int field = number - FIRST_AFTER_NAME;
      if (length(field) != 1) {
        throw malformed("field " + number + " is no letter", line);
      }
      return (char) (line[starts[field]] & 0xff);
    }

    /// Unsigned, 64 bits.
    long number(int number) throws NotANumber {
      int field = number - FIRST_AFTER_NAME;
      String digits = new String(line, starts[field], length(field), StandardCharsets.ISO_8859_1);
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

    private int length(int field) {
      return starts[field + 1] - 1 - starts[field];
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

  private static IOException malformed(String what, byte[] line) {
    return new IOException(
        String.format(
            Locale.ROOT,
            "/proc/PID/stat: %s in %s (expected: PID (NAME) STATE and at least 49 numbers)",
            what,
            Quoted.of(new String(line, StandardCharsets.ISO_8859_1))));
  }
}
