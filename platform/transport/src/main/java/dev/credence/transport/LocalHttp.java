package dev.credence.transport;

import dev.credence.platform.linux.UnixSocketPath;
import dev.credence.transport.LocalHttpException.Reason;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// Asks daemons of this host over HTTP/1.1 on their Unix sockets: one question per connection, GET
/// only, answers of bounded length, in bounded time. Has one daemon thread from the first question
/// on. Thread-safe.
public final class LocalHttp implements AutoCloseable {
  private static final int LONGEST_LINE = 4096;
  private static final int LONGEST_HEADER = 16_384;
  private static final int CHUNK = 8192;

  private final Limits limits;
  // Guarded by this object.
  private @Nullable EventLoopGroup loop;
  private boolean closed;

  /// What an answer may cost.
  ///
  /// @param time for the whole of it, from connecting on
  /// @param bytes longest body
  public record Limits(Duration time, int bytes) {}

  /// Who is asked, and what.
  ///
  /// @param socket where the daemon serves
  /// @param server true for the user ids that it may run as, as the kernel noted them when it began
  ///   to listen; nothing is sent to others
  /// @param target path and query
  public record Question(Path socket, IntPredicate server, String target) {
    public Question {
      UnixSocketPath.check(socket);
      if (!target.startsWith("/") || target.chars().anyMatch(c -> c <= ' ' || c > 0x7e)) {
        throw new IllegalArgumentException(
            "target of a request (expected: printable, begins with a slash)");
      }
    }
  }

  /// What was answered.
  public static final class Answer {
    private final int status;
    private final byte[] body;

    Answer(int status, byte[] body) {
      this.status = status;
      this.body = body.clone();
    }

    /// The status of HTTP.
    public int status() {
      return status;
    }

    /// A copy of the body.
    public byte[] body() {
      return body.clone();
    }
  }

  public LocalHttp(Limits limits) {
    this.limits = limits;
  }

  /// Asks, and waits for the answer.
  ///
  /// @throws LocalHttpException if none came that can be used
  public Answer get(Question question) throws LocalHttpException {
    var answer = new CompletableFuture<Answer>();
    ChannelFuture connecting = connect(question, answer);
    try {
      return answer.get(limits.time().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new LocalHttpException(
          Reason.LATE,
          String.format(
              Locale.ROOT,
              "no answer on %s within %d ms",
              question.socket(),
              limits.time().toMillis()),
          e);
    } catch (ExecutionException e) {
      throw failure(question, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LocalHttpException(
          Reason.UNREACHABLE, "interrupted while asking on " + question.socket(), e);
    } finally {
      var _ = connecting.channel().close();
    }
  }

  private ChannelFuture connect(Question question, CompletableFuture<Answer> answer)
      throws LocalHttpException {
    var bootstrap =
        new Bootstrap()
            .group(loop())
            .channel(EpollDomainSocketChannel.class)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(limits.time().toMillis()))
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(new HttpClientCodec(LONGEST_LINE, LONGEST_HEADER, CHUNK))
                        .addLast(new HttpObjectAggregator(limits.bytes()))
                        .addLast(new LocalHttpExchange(question, answer));
                  }
                });
    ChannelFuture connecting =
        bootstrap.connect(new DomainSocketAddress(question.socket().toFile()));
    var _ =
        connecting.addListener(done -> {
          if (!done.isSuccess()) {
            answer.completeExceptionally(done.cause());
          }
        });
    return connecting;
  }

  private synchronized EventLoopGroup loop() throws LocalHttpException {
    if (closed) {
      throw new LocalHttpException(Reason.UNREACHABLE, "closed");
    }
    if (loop == null) {
      loop =
          new MultiThreadIoEventLoopGroup(
              1, new DefaultThreadFactory("local-http", true), EpollIoHandler.newFactory());
    }
    return loop;
  }

  private static LocalHttpException failure(Question question, @Nullable Throwable cause) {
    if (cause instanceof LocalHttpException known) {
      return known;
    }
    String why = cause == null ? "no reason" : String.valueOf(cause.getMessage());
    return new LocalHttpException(
        Reason.UNREACHABLE, question.socket() + ": " + why, new IOException(why, cause));
  }

  /// Questions that are under way fail. Idempotent.
  @Override
  public synchronized void close() {
    closed = true;
    if (loop != null) {
      var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }
}
