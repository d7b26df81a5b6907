package dev.credence.e2e.faults;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/// Sends its own process SIGKILL: at the n-th passage of a named point, or after some microseconds.
/// Thread-safe.
public final class Bomb {

  /// Not at a point, but at any moment.
  public static final String ANYWHERE = "ANYWHERE";

  private static final int SIGKILL = 9;

  private final AtomicReference<String> point = new AtomicReference<>("");
  private final AtomicInteger left = new AtomicInteger();

  /// The words that set one.
  ///
  /// @param latest passage, or of ANYWHERE microsecond
  public static String words(String point, int latest, Random random) {
    return point + " " + (1 + random.nextInt(latest));
  }

  /// Sets it: "POINT N".
  public void set(String words) {
    var parts = words.split(" ", -1);
    int count = Integer.parseInt(parts[1]);
    if (parts[0].equals(ANYWHERE)) {
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(count));
            explode();
          });
    }
    left.set(count);
    point.set(parts[0]);
  }

  /// The process is at this point.
  public void passed(Enum<?> here) {
    if (here.name().equals(point.get()) && left.decrementAndGet() == 0) {
      explode();
    }
  }

  @SuppressWarnings("restricted")
  private static void explode() {
    var linker = Linker.nativeLinker();
    var kill =
        linker.downcallHandle(
            linker.defaultLookup().find("kill").orElseThrow(),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    try {
      int failed = (int) kill.invokeExact((int) ProcessHandle.current().pid(), SIGKILL);
      throw new IllegalStateException("kill returned " + failed);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
