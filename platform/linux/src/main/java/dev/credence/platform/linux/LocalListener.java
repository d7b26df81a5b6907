package dev.credence.platform.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// Accepts connections on a Unix socket whose peers send open files. One thread accepts; closing
/// from another one wakes it up.
public final class LocalListener implements AutoCloseable {
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int SHUT_RDWR = 2;
  private static final int BACKLOG = 64;

  private final Descriptor descriptor;

  private LocalListener(Descriptor descriptor) {
    this.descriptor = descriptor;
  }

  /// Binds and listens. Only the owner can connect until the mode is changed.
  ///
  /// @throws IOException if the path is taken, or its folder does not exist
  public static LocalListener bind(Path path) throws IOException {
    Descriptor socket = LocalSocket.open();
    try (LaunchCalls calls = LaunchCalls.frame();
        Libc libc = Libc.frame()) {
      byte[] name = UnixSocketPath.check(path).toString().getBytes(StandardCharsets.UTF_8);
      require(
          socket.use(
              fd -> libc.bind(fd, LocalSocket.address(calls, name).asSlice(0, 3L + name.length))),
          "bind(" + path + ")");
      require(socket.use(fd -> calls.listen(fd, BACKLOG)), "listen(" + path + ")");
      return new LocalListener(socket);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private static void require(long result, String call) throws IOException {
    if (result < 0) {
      throw new SystemCallException(call, result);
    }
  }

  /// The next connection; empty: this was closed.
  ///
  /// @throws IOException if there are no descriptors left; the next call may succeed
  public Optional<LocalSocket> accept() throws IOException {
    try (LaunchCalls calls = LaunchCalls.frame()) {
      long result;
      do {
        result = descriptor.use(fd -> calls.accept4(fd, SOCK_CLOEXEC));
      } while (Errno.EINTR.is(result) || Errno.ECONNABORTED.is(result));
      if (Errno.EINVAL.is(result)) {
        return Optional.empty(); // shut down
      }
      return Optional.of(new LocalSocket(Descriptor.of(result, "accept4")));
    } catch (IllegalStateException e) {
      return Optional.empty(); // closed before
    }
  }

  /// Stops listening. Idempotent.
  @Override
  public void close() {
    try (LaunchCalls calls = LaunchCalls.frame()) {
      // A listening socket that is shut down lets go of who waits on it; closing alone does not.
      var _ = calls.shutdown(descriptor.number(), SHUT_RDWR);
    } catch (IllegalStateException e) {
      return;
    }
    descriptor.close();
  }
}
