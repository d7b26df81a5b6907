package dev.credence.cli.client;

import com.google.protobuf.ByteString;
import dev.credence.transport.UnixSocketChannels;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/// A connection to one daemon. Failed calls come out as [CommandFailure]. Thread-safe.
public final class DaemonConnection implements AutoCloseable {

  private static final long DEADLINE_SECONDS = 30;
  private static final int REQUEST_ID_BYTES = 16;

  private final Failures failures;
  private final ManagedChannel channel;
  private final Channel calls;
  private final SecureRandom random = new SecureRandom();

  private DaemonConnection(Failures failures, ManagedChannel channel) {
    this.failures = failures;
    this.channel = channel;
    this.calls = ClientInterceptors.intercept(channel, new Answered());
  }

  /// Opens a connection.
  ///
  /// @throws CommandFailure if there is no such socket
  public static DaemonConnection open(Daemon daemon, Path socket) {
    var failures = new Failures(daemon, socket.toString());
    if (!Files.exists(socket)) {
      throw failures.unreachable("there is no such file");
    }
    try {
      return new DaemonConnection(failures, UnixSocketChannels.open(socket));
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /// Takes over a channel.
  ///
  /// @param place where it leads, for people
  public static DaemonConnection over(Daemon daemon, String place, ManagedChannel channel) {
    return new DaemonConnection(new Failures(daemon, place), channel);
  }

  /// A stub for calls that stream until the caller ends them.
  public <S extends AbstractStub<S>> S streaming(Function<Channel, S> factory) {
    return factory.apply(calls);
  }

  /// A call that changes nothing.
  public <S extends AbstractStub<S>, T> T ask(Function<Channel, S> factory, Function<S, T> call) {
    return translated(() -> call.apply(bounded(factory)));
  }

  /// A call that changes something, with a request id of its own. If the answer is lost it is asked
  /// again, once, under the same id, so that the change is made once.
  public <S extends AbstractStub<S>, T> T change(Function<Channel, S> factory, Change<S, T> call) {
    var id = new byte[REQUEST_ID_BYTES];
    random.nextBytes(id);
    var requestId = ByteString.copyFrom(id);
    return translated(() -> {
      try {
        return call.apply(bounded(factory), requestId);
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() != Status.Code.UNAVAILABLE) {
          throw e;
        }
        channel.resetConnectBackoff();
        return call.apply(bounded(factory), requestId);
      }
    });
  }

  /// Runs a call and says what went wrong in words for people.
  public <T> T translated(Supplier<T> call) {
    try {
      return call.get();
    } catch (StatusRuntimeException e) {
      throw failures.of(e);
    }
  }

  private <S extends AbstractStub<S>> S bounded(Function<Channel, S> factory) {
    return factory.apply(calls).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  /// One change: a stub and the request id to send.
  @FunctionalInterface
  public interface Change<S, T> {
    /// Makes the call.
    T apply(S stub, ByteString requestId);
  }
}
