package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// Tells when processes end: one thread waits for thousands of pidfds (epoll(7)). Thread-safe.
///
/// What is to be done at an exit runs on the executor given, never on the waiting thread; the
/// executor must not run it in place.
public final class ExitWatch implements AutoCloseable {
  private static final int EPOLL_CLOEXEC = 0x80000;
  private static final int EFD_CLOEXEC_NONBLOCK = 0x80800;
  private static final int ADD = 1;
  private static final int DELETE = 2;
  private static final int EPOLLIN = 1;
  private static final int BATCH = 64;
  private static final long WAKE_UP = 0;

  private final Architecture architecture = Architecture.current();
  private final Map<Long, Entry> entries = new ConcurrentHashMap<>();
  private final AtomicLong lastToken = new AtomicLong(WAKE_UP);
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Executor callbacks;
  private final Descriptor epoll;
  private final Descriptor wakeUp;
  private final Thread thread;

  private ExitWatch(Executor callbacks, Descriptor epoll, Descriptor wakeUp) {
    this.callbacks = callbacks;
    this.epoll = epoll;
    this.wakeUp = wakeUp;
    this.thread = Thread.ofPlatform().name("exit-watch").daemon().unstarted(this::run);
  }

  /// Starts watching.
  ///
  /// @param callbacks runs what is to be done at exits
  /// @throws IOException if the kernel has no descriptors left
  public static ExitWatch start(Executor callbacks) throws IOException {
    try (Libc libc = Libc.frame()) {
      Descriptor epoll = Descriptor.of(libc.epollCreate(EPOLL_CLOEXEC), "epoll_create1");
      try {
        Descriptor wakeUp = Descriptor.of(libc.eventfd(EFD_CLOEXEC_NONBLOCK), "eventfd");
        var watch = new ExitWatch(callbacks, epoll, wakeUp);
        watch.add(wakeUp, WAKE_UP);
        watch.thread.start();
        return watch;
      } catch (IOException e) {
        epoll.close();
        throw e;
      }
    }
  }

  /// One process that is watched. Closing it ends that; what was not begun by then is never run.
  public interface Watched extends AutoCloseable {
    @Override
    void close();
  }

  private record Entry(Descriptor pidfd, Runnable onExit) {}

  /// Runs something once when the process ends, or soon if it has ended already.
  ///
  /// @param process its handle; this keeps a copy, so it may be closed at any time
  /// @throws IOException if the kernel has no descriptors left
  /// @throws IllegalStateException if this was closed
  public Watched watch(Pidfd process, Runnable onExit) throws IOException {
    long token = lastToken.incrementAndGet();
    Descriptor copy = process.copy();
    entries.put(token, new Entry(copy, onExit));
    try {
      add(copy, token);
      if (closed.get()) {
        throw new IllegalStateException("the exit watch was closed");
      }
    } catch (IOException | RuntimeException e) {
      take(token);
      throw e;
    }
    return () -> take(token);
  }

  /// How many processes are watched.
  public int size() {
    return entries.size();
  }

  private void add(Descriptor descriptor, long token) throws IOException {
    try (Libc libc = Libc.frame()) {
      MemorySegment event = libc.allocate(architecture.epollEventSize(), 8);
      event.set(JAVA_INT, 0, EPOLLIN);
      event.set(JAVA_LONG_UNALIGNED, architecture.epollDataOffset(), token);
      long result =
          epoll.use(epollFd -> descriptor.use(fd -> libc.epollCtl(epollFd, ADD, fd, event)));
      if (result < 0) {
        throw new SystemCallException("epoll_ctl(add)", result);
      }
    }
  }

  /// Whoever takes an entry out decides about it, so a callback runs at most once.
  private Optional<Entry> take(long token) {
    Optional<Entry> taken = Optional.ofNullable(entries.remove(token));
    taken.ifPresent(entry -> {
      // The descriptor is a copy, and the kernel watches the open file behind it, which lives on
      // in the original: closing alone would leave it in the set.
      if (!closed.get()) {
        remove(entry.pidfd());
      }
      entry.pidfd().close();
    });
    return taken;
  }

  private void remove(Descriptor descriptor) {
    try (Libc libc = Libc.frame()) {
      var _ =
          epoll.use(epollFd ->
              descriptor.use(fd -> libc.epollCtl(epollFd, DELETE, fd, MemorySegment.NULL)));
    } catch (IllegalStateException e) {
      // The watch was closed meanwhile, and its set with it.
      return;
    }
  }

  private void run() {
    try (Libc libc = Libc.frame()) {
      MemorySegment events = libc.allocate((long) BATCH * architecture.epollEventSize(), 8);
      while (!closed.get()) {
        long ready = epoll.use(fd -> libc.epollWait(fd, events, BATCH, -1));
        if (ready < 0 && !Errno.EINTR.is(ready)) {
          throw new IllegalStateException("epoll_wait: " + Errno.name((int) -ready));
        }
        for (long i = 0; i < ready; i++) {
          long offset = i * architecture.epollEventSize() + architecture.epollDataOffset();
          take(events.get(JAVA_LONG_UNALIGNED, offset)).ifPresent(this::tell);
        }
      }
    }
  }

  /// An executor that refuses (it was shut down, or is full) must not end the watch for all others.
  private void tell(Entry entry) {
    try {
      callbacks.execute(entry.onExit());
    } catch (RuntimeException e) {
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
    }
  }

  /// Stops watching; exits from now on are not told. Waits for the thread, not for callbacks.
  /// Idempotent.
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try (Libc libc = Libc.frame()) {
      MemorySegment one = libc.allocate(8, 8);
      one.set(JAVA_LONG, 0, 1);
      var _ = wakeUp.use(fd -> libc.write(fd, one));
    }
    joinThread();
    entries.keySet().forEach(this::take);
    wakeUp.close();
    epoll.close();
  }

  private void joinThread() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
