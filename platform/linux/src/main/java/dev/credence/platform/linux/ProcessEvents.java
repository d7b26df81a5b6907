package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// Tells at once when any process of this machine executes another program, changes its user or
/// group, or is traced: the kernel's process connector says so, and no process can keep it from
/// that. What is told is only that there is something to look at. Thread-safe.
public final class ProcessEvents implements AutoCloseable {
  private static final int EPOLL_CLOEXEC = 0x80000;
  private static final int EFD_CLOEXEC_NONBLOCK = 0x80800;
  private static final int ADD = 1;
  private static final int EPOLLIN = 1;
  private static final int BATCH = 4096;

  private final AtomicBoolean closed = new AtomicBoolean();
  private final Listener listener;
  private final ConnectorSocket connector;
  private final Descriptor epoll;
  private final Descriptor wakeUp;
  private final Thread thread;

  private ProcessEvents(
      Listener listener, ConnectorSocket connector, Descriptor epoll, Descriptor wakeUp) {
    this.listener = listener;
    this.connector = connector;
    this.epoll = epoll;
    this.wakeUp = wakeUp;
    this.thread = Thread.ofPlatform().name("process-events").daemon().unstarted(this::run);
  }

  /// Who is told. Called on one thread; must not block.
  public interface Listener {
    /// Something happened to this process.
    void changed(int pid);

    /// A process has this user id from now on, real or effective; it may have had it before.
    ///
    /// @param uid unsigned, as the first user namespace counts
    void joined(int uid);

    /// More happened than could be told: anything may have happened to anybody.
    void missed();
  }

  /// Begins to listen.
  ///
  /// @throws IOException if the kernel does not tell this daemon, with the reason
  public static ProcessEvents open(Listener listener) throws IOException {
    return open(listener, ConnectorSocket.BUFFER);
  }

  /// @param buffer what the kernel may keep for it, in bytes
  static ProcessEvents open(Listener listener, int buffer) throws IOException {
    ConnectorSocket connector = ConnectorSocket.open(buffer);
    try (Libc libc = Libc.frame()) {
      Descriptor epoll = Descriptor.of(libc.epollCreate(EPOLL_CLOEXEC), "epoll_create1");
      try {
        Descriptor wakeUp = Descriptor.of(libc.eventfd(EFD_CLOEXEC_NONBLOCK), "eventfd");
        var events = new ProcessEvents(listener, connector, epoll, wakeUp);
        events.add(libc, wakeUp);
        events.add(libc, connector.descriptor());
        events.thread.start();
        return events;
      } catch (IOException e) {
        epoll.close();
        throw e;
      }
    } catch (IOException e) {
      connector.close();
      throw e;
    }
  }

  private void add(Libc libc, Descriptor descriptor) throws IOException {
    Architecture architecture = Architecture.current();
    MemorySegment event = libc.allocate(architecture.epollEventSize(), 8);
    event.set(JAVA_INT, 0, EPOLLIN);
    event.set(JAVA_LONG_UNALIGNED, architecture.epollDataOffset(), 0);
    long result =
        epoll.use(epollFd -> descriptor.use(fd -> libc.epollCtl(epollFd, ADD, fd, event)));
    if (result < 0) {
      throw new SystemCallException("epoll_ctl(add)", result);
    }
  }

  private void run() {
    try (Libc libc = Libc.frame()) {
      MemorySegment ready = libc.allocate(2L * Architecture.current().epollEventSize(), 8);
      while (!closed.get()) {
        long count = epoll.use(fd -> libc.epollWait(fd, ready, 2, -1));
        if (count < 0 && !Errno.EINTR.is(count)) {
          throw new IllegalStateException("epoll_wait: " + Errno.name((int) -count));
        }
        drain();
      }
    }
  }

  /// A bounded number in one go, so that closing is noticed in a storm, too.
  private void drain() {
    for (int i = 0; i < BATCH && !closed.get(); i++) {
      try {
        Optional<ProcessEvent> event = connector.next();
        event.filter(one -> one.pid() != 0).ifPresent(this::tell);
      } catch (SystemCallException e) {
        if (e.is(Errno.EAGAIN) || e.is(Errno.EINTR)) {
          return;
        }
        // Above all ENOBUFS: the buffer ran over. Whatever else it is, nothing may be overlooked.
        listener.missed();
        return;
      }
    }
  }

  private void tell(ProcessEvent event) {
    listener.changed(event.pid());
    event.users().forEach(listener::joined);
  }

  /// Stops listening. Idempotent.
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
    connector.close();
    wakeUp.close();
    epoll.close();
  }
}
