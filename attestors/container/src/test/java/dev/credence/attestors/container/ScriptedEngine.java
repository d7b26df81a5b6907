package dev.credence.attestors.container;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;

/// An engine on a real socket that says what the test tells it to say; to command failures and lies
/// that no real engine would.
public final class ScriptedEngine implements AutoCloseable {
  /// The digest that every image here has.
  public static final String DIGEST = "sha256:" + "ab".repeat(32);

  private final ServerSocketChannel server;
  private final AtomicInteger asked = new AtomicInteger();
  private volatile Function<String, String> answers = _ -> status(404, "{}");

  private ScriptedEngine(ServerSocketChannel server) {
    this.server = server;
  }

  /// Serves on a socket that only its owner may use.
  public static ScriptedEngine serve(Path socket) throws IOException {
    var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
    var engine = new ScriptedEngine(server);
    Thread.ofVirtual().start(engine::accept);
    return engine;
  }

  /// From now on it answers so.
  ///
  /// @param answer from the request's path to the whole answer; an empty one leaves the caller
  ///   waiting
  public void say(Function<String, String> answer) {
    this.answers = answer;
  }

  /// From now on it knows one container.
  public void know(String id, String json) {
    say(path -> path.equals("/containers/" + id + "/json") ? ok(json) : status(404, "{}"));
  }

  /// How many questions it got.
  public int asked() {
    return asked.get();
  }

  /// A running container, as an engine describes it.
  public static String running(String id, int pid, Map<String, String> labels, List<String> env) {
    return String.format(
        Locale.ROOT,
        "{\"Id\":\"%s\",\"Image\":\"%s\",\"State\":{\"Status\":\"running\",\"Running\":true,\"Pid\":%d},"
            + "\"Config\":{\"Image\":\"localhost/agent:1\",\"Labels\":{%s},\"Env\":[%s]},\"More\":[1,null]}",
        id,
        DIGEST,
        pid,
        labels.entrySet().stream()
            .map(one -> "\"" + one.getKey() + "\":\"" + one.getValue() + "\"")
            .collect(Collectors.joining(",")),
        env.stream().map(one -> "\"" + one + "\"").collect(Collectors.joining(",")));
  }

  /// A good answer with that body.
  public static String ok(String body) {
    return status(200, body);
  }

  /// An answer with that status and body.
  public static String status(int status, String body) {
    return String.format(
        Locale.ROOT,
        "HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
        status,
        body.getBytes(StandardCharsets.UTF_8).length,
        body);
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel caller = server.accept();
        Thread.ofVirtual().start(() -> serve(caller));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(SocketChannel caller) {
    try (caller) {
      String request = request(caller);
      asked.incrementAndGet();
      String answer = answers.apply(request.split(" ", 3)[1]);
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(answer);
      while (bytes.hasRemaining()) {
        caller.write(bytes);
      }
      if (answer.isEmpty()) {
        // Ends when the caller has had enough.
        var _ = caller.read(ByteBuffer.allocate(1));
      }
    } catch (IOException e) {
      // The caller is gone, or the test is over.
    }
  }

  private static String request(SocketChannel caller) throws IOException {
    var read = new StringBuilder();
    var buffer = ByteBuffer.allocate(4096);
    while (read.indexOf("\r\n\r\n") < 0) {
      if (caller.read(buffer.clear()) < 0) {
        throw new IOException("half a request");
      }
      read.append(StandardCharsets.UTF_8.decode(buffer.flip()));
    }
    return read.toString();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
