package dev.credence.platform.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/// A message of the kernel's process connector (linux/cn_proc.h), as far as it is of use.
///
/// @param kind what happened
/// @param pid of the process that it happened to; 0 for the answer to a question
/// @param error of that answer: 0, or an error number
/// @param users that it has from now on, real and effective, if these are what changed; unsigned
record ProcessEvent(Kind kind, int pid, int error, List<Integer> users) {
  /// Shortest message that holds a pid and a process id.
  private static final int HEADER = 16;

  private static final int CONNECTOR = 20;
  private static final int EVENT = 16;
  private static final int NO_OP = 1;
  private static final int PROC_INDEX = 1;
  private static final int PROC_VALUE = 1;

  /// What happened.
  enum Kind {
    /// An answer.
    ANSWER(0),
    /// Another program runs in the process.
    EXEC(0x2),
    /// It has another user.
    UID(0x4),
    /// It has another group.
    GID(0x40),
    /// It is traced from now on, or not any more.
    PTRACE(0x100);

    private final int bit;

    Kind(int bit) {
      this.bit = bit;
    }

    static Optional<Kind> of(int bit) {
      for (Kind kind : values()) {
        if (kind.bit == bit) {
          return Optional.of(kind);
        }
      }
      return Optional.empty();
    }
  }

  /// All that are listened to, as a filter of the kernel's.
  static int filter() {
    return Kind.EXEC.bit | Kind.UID.bit | Kind.GID.bit | Kind.PTRACE.bit;
  }

  /// Reads one datagram; empty if it is none of these. A kernel without filters sends all.
  static Optional<ProcessEvent> parse(byte[] bytes, int length) {
    if (length < HEADER + CONNECTOR + EVENT + Integer.BYTES || length > bytes.length) {
      return Optional.empty();
    }
    ByteBuffer message = ByteBuffer.wrap(bytes, 0, length).order(ByteOrder.nativeOrder());
    boolean ofConnector =
        message.getShort(4) >= NO_OP
            && message.getInt(HEADER) == PROC_INDEX
            && message.getInt(HEADER + 4) == PROC_VALUE;
    if (!ofConnector) {
      return Optional.empty();
    }
    int data = HEADER + CONNECTOR + EVENT;
    return Kind.of(message.getInt(HEADER + CONNECTOR)).flatMap(kind -> event(kind, message, data));
  }

  /// The first number is a thread's, the second its process's.
  private static Optional<ProcessEvent> event(Kind kind, ByteBuffer message, int data) {
    if (kind == Kind.ANSWER) {
      return Optional.of(new ProcessEvent(kind, 0, message.getInt(data), List.of()));
    }
    if (message.remaining() < data + 2 * Integer.BYTES) {
      return Optional.empty();
    }
    int pid = message.getInt(data + Integer.BYTES);
    return Optional.of(new ProcessEvent(kind, pid, 0, users(kind, message, data)));
  }

  /// They stand behind the two numbers.
  private static List<Integer> users(Kind kind, ByteBuffer message, int data) {
    if (kind != Kind.UID || message.remaining() < data + 4 * Integer.BYTES) {
      return List.of();
    }
    int real = message.getInt(data + 2 * Integer.BYTES);
    int effective = message.getInt(data + 3 * Integer.BYTES);
    return real == effective ? List.of(real) : List.of(real, effective);
  }
}
