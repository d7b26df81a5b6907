package dev.credence.platform.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/// The user namespace of a process (user_namespaces(7)), held, so that its number is no other
/// one's. Nothing comes out of it but by the hand of somebody outside. Thread-safe.
public final class UserNamespace implements AutoCloseable {
  private static final long NS_GET_PARENT = 0xb702L;

  /// The kernel nests 32.
  private static final int DEEPEST = 40;

  private final Descriptor held;
  private final FileStat itself;
  private volatile boolean let;

  private UserNamespace(Descriptor held, FileStat itself) {
    this.held = held;
    this.itself = itself;
  }

  /// That of a process.
  public static UserNamespace of(int pid) throws IOException {
    try (ProcDirectory process = ProcDirectory.open(pid)) {
      Descriptor held = process.openNamespace("user");
      try {
        return new UserNamespace(held, held.use(FileStat::ofDescriptor));
      } catch (IOException | RuntimeException e) {
        held.close();
        throw e;
      }
    }
  }

  /// True if a process is in it, or in one that was made inside it; false for one whose namespace
  /// this daemon may not see: it has seen that of everything that it started.
  boolean holds(ProcDirectory process) {
    if (let) {
      return false; // the number may be another one's
    }
    Descriptor at;
    try {
      at = process.openNamespace("user");
    } catch (IOException e) {
      return false;
    }
    try {
      for (int depth = 0; depth < DEEPEST; depth++) {
        if (at.use(FileStat::ofDescriptor).sameFile(itself)) {
          return true;
        }
        Descriptor child = at;
        at = parent(child);
        child.close();
      }
      return false;
    } catch (IOException e) {
      return false; // the one above is not inside this daemon's own
    } finally {
      at.close();
    }
  }

  private static Descriptor parent(Descriptor namespace) throws IOException {
    try (LaunchCalls calls = LaunchCalls.frame()) {
      return Descriptor.of(
          namespace.use(fd -> calls.ioctl(fd, NS_GET_PARENT, MemorySegment.NULL)),
          "ioctl(NS_GET_PARENT)");
    }
  }

  /// Idempotent.
  @Override
  public void close() {
    let = true;
    held.close();
  }
}
