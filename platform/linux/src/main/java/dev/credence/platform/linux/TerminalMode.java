package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// A terminal that passes every key on as it is pressed (termios(3), raw mode), until this is
/// closed.
public final class TerminalMode implements AutoCloseable {
  private static final int SIZE = 128;
  private static final int AFTER_OUTPUT = 1;
  private static final int INPUT_OFF = 02 | 010 | 040 | 0100 | 0200 | 0400 | 02000 | 01;
  private static final int OUTPUT_OFF = 1;
  private static final int CONTROL_OFF = 060 | 0400;
  private static final int CONTROL_ON = 060;
  private static final int LOCAL_OFF = 010 | 0100 | 02 | 01 | 0100000;
  private static final long CHARACTERS = 17;
  private static final int VTIME = 5;
  private static final int VMIN = 6;

  private final OpenFile terminal;
  private final byte[] before;

  private TerminalMode(OpenFile terminal, byte[] before) {
    this.terminal = terminal;
    this.before = before;
  }

  /// Changes it. The file must stay open until this is closed.
  public static TerminalMode raw(OpenFile terminal) throws IOException {
    try (LaunchCalls calls = LaunchCalls.frame()) {
      MemorySegment mode = calls.allocate(SIZE, 8);
      long result = calls.tcgetattr(terminal.fd(), mode);
      if (result < 0) {
        throw new SystemCallException("tcgetattr", result);
      }
      var changed = new TerminalMode(terminal, mode.toArray(JAVA_BYTE));
      change(mode, 0, INPUT_OFF, 0);
      change(mode, 4, OUTPUT_OFF, 0);
      change(mode, 8, CONTROL_OFF, CONTROL_ON);
      change(mode, 12, LOCAL_OFF, 0);
      mode.set(JAVA_BYTE, CHARACTERS + VMIN, (byte) 1);
      mode.set(JAVA_BYTE, CHARACTERS + VTIME, (byte) 0);
      set(terminal, mode, calls);
      return changed;
    }
  }

  private static void change(MemorySegment mode, long at, int off, int on) {
    mode.set(JAVA_INT, at, (mode.get(JAVA_INT, at) & ~off) | on);
  }

  private static void set(OpenFile terminal, MemorySegment mode, LaunchCalls calls)
      throws IOException {
    long result = calls.tcsetattr(terminal.fd(), AFTER_OUTPUT, mode);
    if (result < 0) {
      throw new SystemCallException("tcsetattr", result);
    }
  }

  /// As it was. Idempotent.
  @Override
  public void close() {
    try (LaunchCalls calls = LaunchCalls.frame()) {
      MemorySegment mode = calls.allocate(SIZE, 8);
      MemorySegment.copy(before, 0, mode, JAVA_BYTE, 0, SIZE);
      set(terminal, mode, calls);
    } catch (IOException e) {
      return; // the terminal is gone
    }
  }
}
