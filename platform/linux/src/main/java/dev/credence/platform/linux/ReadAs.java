package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.LongSupplier;

/// With whose rights a thread opens files: a daemon that is root, and opens what a caller named,
/// must see no more than that caller.
///
/// Only the *file system* ids are the caller's, only in this thread, and only for the length of a
/// call: the kernel then leaves away the capabilities that override permissions (fsuid not 0). Real
/// and saved ids stay the daemon's, so the caller can neither signal nor trace it. A file that is
/// open stays readable afterwards, as everywhere in Unix.
///
/// What is not the caller's: its mount namespace, its root, and labels of security modules. Whoever
/// uses this asks for these first.
///
/// For one thread. That of [#become] must be a platform thread that ends afterwards, since its
/// supplementary groups stay the caller's.
public final class ReadAs {
  private final FileCredentials own;
  private final FileCredentials reader;
  private final boolean switches;

  private ReadAs(FileCredentials own, FileCredentials reader, boolean switches) {
    this.own = own;
    this.reader = reader;
    this.switches = switches;
  }

  /// With this process's own rights, whatever they are: for a person's own command.
  public static ReadAs own() throws IOException {
    FileCredentials own = FileCredentials.own();
    return new ReadAs(own, own, false);
  }

  /// With the rights of somebody else, or the same.
  ///
  /// @throws FileRefusedException if this daemon may not take them: it is not root, and they are
  ///   another user's, or lack a group that it has itself
  /// @throws IOException if /proc does not say who this is
  public static ReadAs become(FileCredentials reader) throws IOException {
    FileCredentials own = FileCredentials.own();
    if (own.uid() == 0 && reader.uid() != 0) {
      takeGroups(reader);
      return new ReadAs(own, reader, true);
    }
    boolean equal = own.uid() == reader.uid() && (own.uid() == 0 || own.groupsWithin(reader));
    if (!equal) {
      throw new FileRefusedException(
          FileRefusedException.Why.DENIED,
          "uid "
              + Integer.toUnsignedString(own.uid())
              + " cannot read with the rights of uid "
              + Integer.toUnsignedString(reader.uid())
              + " (expected: the same user with the same groups, or root here)");
    }
    return new ReadAs(own, reader, false);
  }

  /// Who reads.
  public FileCredentials reader() {
    return reader;
  }

  /// True if the rights are those of another user than this process's.
  boolean switches() {
    return switches;
  }

  /// Makes one call with the reader's rights.
  ///
  /// @param call nothing but the system call: no class may be loaded in it for the first time from
  ///   a file that the reader cannot open
  /// @throws FileRefusedException if the kernel does not give the thread these rights
  long as(LongSupplier call) throws FileRefusedException {
    if (!switches) {
      return call.getAsLong();
    }
    try (Libc libc = Libc.frame()) {
      boolean became =
          FileCalls.setfsgid(libc, reader.gid()) && FileCalls.setfsuid(libc, reader.uid());
      long result;
      try {
        result = became ? call.getAsLong() : 0;
      } finally {
        goBack(libc);
      }
      if (!became) {
        throw new FileRefusedException(
            FileRefusedException.Why.OTHER,
            "setfsuid(" + Integer.toUnsignedString(reader.uid()) + ") had no effect");
      }
      return result;
    }
  }

  /// A thread that would go on as somebody else, with whatever it does next, is worse than one that
  /// dies.
  private void goBack(Libc libc) {
    boolean back = FileCalls.setfsuid(libc, own.uid());
    if (!(FileCalls.setfsgid(libc, own.gid()) && back)) {
      throw new IllegalStateException(
          "file system ids of this thread stay uid "
              + Integer.toUnsignedString(reader.uid())
              + " (expected: back to uid "
              + Integer.toUnsignedString(own.uid())
              + ")");
    }
  }

  private static void takeGroups(FileCredentials reader) throws IOException {
    int[] wanted = reader.groups().stream().mapToInt(Integer::intValue).toArray();
    if (Thread.currentThread().isVirtual()) {
      throw new IllegalStateException(
          "a virtual thread has no ids of its own (expected: platform)");
    }
    try (Libc libc = Libc.frame()) {
      long result = FileCalls.setGroups(libc, wanted);
      if (result < 0) {
        throw FileRefusedException.of("setgroups(" + wanted.length + ")", result);
      }
      MemorySegment list = libc.allocate(4L * (wanted.length + 1L), 4);
      long count = FileCalls.getGroups(libc, list);
      int[] got = new int[(int) Math.max(count, 0)];
      MemorySegment.copy(list, JAVA_INT, 0, got, 0, got.length);
      Arrays.sort(got);
      Arrays.sort(wanted);
      if (count < 0 || !Arrays.equals(got, wanted)) {
        throw new FileRefusedException(
            FileRefusedException.Why.OTHER, "setgroups(" + wanted.length + ") had no effect");
      }
    }
    keepHidden();
  }

  /// A change of file system ids sets whether others may look into this process to the machine's
  /// fs.suid_dumpable, for all of it. A machine that has 1 there would show our memory.
  private static void keepHidden() throws IOException {
    if (!Kernel.suidProgramsAreHidden()) {
      throw new FileRefusedException(
          FileRefusedException.Why.UNSUPPORTED,
          "fs.suid_dumpable is 1, which would open this daemon's memory (expected: 0 or 2)");
    }
  }
}
