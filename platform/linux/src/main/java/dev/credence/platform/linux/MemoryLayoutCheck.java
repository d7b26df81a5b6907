package dev.credence.platform.linux;

import dev.credence.platform.linux.UnattestableException.Reason;
import java.io.IOException;
import java.util.Locale;

/// Whether a process's memory layout tells one program from the next: it must be readable, and it
/// must be random.
final class MemoryLayoutCheck {
  private static final long ADDR_NO_RANDOMIZE = 0x0040000;

  /// At the top of the stack lie a zero word and the program's file name, and below them the
  /// environment; so this is how far `env_end` can be from the top where nothing was randomized.
  private static final long FIXED_TOP = 3 * 4096;

  private MemoryLayoutCheck() {}

  static void require(ProcDirectory process, ProcStat.Layout layout)
      throws IOException, UnattestableException {
    requireReadable(process.pid(), layout);
    if (!Kernel.randomizesFully()) {
      throw predictable("/proc/sys/kernel/randomize_va_space is not 2, so", process.pid());
    }
    if (isAtFixedTop(layout)) {
      throw predictable("started with address randomization off (setarch -R):", process.pid());
    }
    requirePersonality(process, layout);
  }

  private static void requireReadable(int pid, ProcStat.Layout layout)
      throws UnattestableException {
    // Without the right to trace it, the kernel shows 1, 0 and 0.
    if (layout.startCode() <= 1 || layout.startStack() == 0 || layout.argStart() == 0) {
      throw new UnattestableException(
          Reason.UNREADABLE,
          String.format(
              Locale.ROOT,
              "process %d: /proc/%d/stat hides its memory layout from this daemon (expected: a process of the same user, or a daemon with CAP_SYS_PTRACE)",
              pid,
              pid));
    }
  }

  private static void requirePersonality(ProcDirectory process, ProcStat.Layout layout)
      throws IOException, UnattestableException {
    String text;
    try {
      text = process.readText("personality", 64).strip();
    } catch (SystemCallException e) {
      // Reading it takes the right to attach, which Yama (ptrace_scope 1, usual on Ubuntu) denies
      // to
      // daemons without privilege. The layout itself then shows that it was randomized: a process
      // that
      // switches the flag on later is seen by its next layout, one that had it on by this one.
      if ((e.is(Errno.EPERM) || e.is(Errno.EACCES)) && is64Bit(layout)) {
        return;
      }
      throw e;
    }
    if ((parseHex(process.pid(), text) & ADDR_NO_RANDOMIZE) != 0) {
      throw predictable("has the flag ADDR_NO_RANDOMIZE (setarch -R):", process.pid());
    }
  }

  private static long parseHex(int pid, String text) throws IOException {
    try {
      return Long.parseUnsignedLong(text, 16);
    } catch (NumberFormatException e) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "/proc/%d/personality is %s (expected: a hexadecimal number)",
              pid,
              Quoted.of(text)),
          e);
    }
  }

  /// Stacks begin at a power of two (on x86-64: a page below), less 22 or 18 random bits of pages.
  /// A process that was started without them shows it here, even if it dropped the flag afterwards.
  static boolean isAtFixedTop(ProcStat.Layout layout) {
    long top = Long.highestOneBit(layout.envEnd()) << 1;
    return is64Bit(layout) && top - layout.envEnd() <= FIXED_TOP;
  }

  private static boolean is64Bit(ProcStat.Layout layout) {
    return layout.startStack() >>> 32 != 0 && layout.envEnd() >>> 32 != 0;
  }

  private static UnattestableException predictable(String why, int pid) {
    return new UnattestableException(
        Reason.NOT_RANDOMIZED,
        String.format(
            Locale.ROOT,
            "process %d %s its next program could not be told from this one (expected: full address randomization)",
            pid,
            why));
  }
}
