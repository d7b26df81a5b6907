package dev.credence.e2e.workload;

import dev.credence.proto.workload.SpiffeWorkloadAPIGrpc;
import dev.credence.proto.workload.X509SVIDRequest;
import dev.credence.proto.workload.X509SVIDResponse;
import dev.credence.transport.UnixSocketChannels;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;

/// A workload process. First argument: the socket. It obeys lines on standard input and reports on
/// standard output:
///
/// ```text
/// open                    a new connection with a stream of X.509-SVIDs: "message N id|serial|execution|key ...",
///                         at its end "closed N CODE text"
/// exec KEEP PATH ARG...   becomes another program, keeping its sockets open ("true") or not
/// child DOUBLE ARG...     runs a child (DOUBLE "true": a grandchild whose parent has gone) that opens one stream, tells its
///                         first line on the same standard output, and exits
/// exit CODE
/// ```
public final class WorkloadMain {

  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("workload.spiffe.io", Metadata.ASCII_STRING_MARSHALLER);

  private final Path socket;
  private final PrintStream out;
  private final CountDownLatch told = new CountDownLatch(1);
  private final List<ManagedChannel> channels = new ArrayList<>();

  private WorkloadMain(Path socket, PrintStream out) {
    this.socket = socket;
    this.out = out;
  }

  /// Runs until "exit" or the end of its input.
  public static void main(String[] args) throws Exception {
    Logger.getLogger("").setLevel(Level.OFF);
    var workload = new WorkloadMain(Path.of(args[0]), System.out);
    workload.tell("started " + ProcessHandle.current().pid());
    if (args.length > 1 && args[1].equals("once")) {
      workload.once();
      return;
    }
    workload.obey(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
    System.exit(0);
  }

  private void once() throws InterruptedException {
    open();
    told.await();
    System.exit(0);
  }

  private void obey(BufferedReader commands) throws IOException {
    for (var line = commands.readLine(); line != null; line = commands.readLine()) {
      var words = List.of(line.split(" "));
      switch (words.getFirst()) {
        case "open" -> open();
        case "exec" ->
            new Exec(Boolean.parseBoolean(words.get(1))).become(words.subList(2, words.size()));
        case "child" -> child(Boolean.parseBoolean(words.get(1)), words.subList(2, words.size()));
        case "exit" -> System.exit(Integer.parseInt(words.get(1)));
        default -> tell("unknown " + line);
      }
    }
  }

  /// The child says what it got with its own number: "message 100 ..." or "closed 100 ...".
  private static void child(boolean orphan, List<String> command) throws IOException {
    var words = new ArrayList<String>();
    if (orphan) {
      words.addAll(List.of("/bin/sh", "-c", "(\"$@\" </dev/null &) ; exit 0", "sh"));
    }
    words.addAll(command);
    words.add("once");
    var builder = new ProcessBuilder(words);
    builder.redirectInput(new File("/dev/null"));
    builder.redirectOutput(ProcessBuilder.Redirect.INHERIT);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.start();
  }

  private void open() {
    var number = channels.size() + 1;
    var channel = UnixSocketChannels.open(socket);
    channels.add(channel);
    var header = new Metadata();
    header.put(HEADER, "true");
    SpiffeWorkloadAPIGrpc.newStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(header))
        .fetchX509SVID(X509SVIDRequest.getDefaultInstance(), new Teller(number, channel));
  }

  private synchronized void tell(String line) {
    out.println(line);
    out.flush();
  }

  private final class Teller implements StreamObserver<X509SVIDResponse> {
    private final int number;
    private final ManagedChannel channel;

    private Teller(int number, ManagedChannel channel) {
      this.number = number;
      this.channel = channel;
    }

    @Override
    public void onNext(X509SVIDResponse message) {
      tell("message " + number + " " + Seen.words(Seen.of(message)));
      told.countDown();
    }

    @Override
    public void onError(Throwable error) {
      var status = Status.fromThrowable(error);
      tell("closed " + number + " " + status.getCode() + " " + status.getDescription());
      told.countDown();
      channel.shutdown(); // a process may hold only so many connections
    }

    @Override
    public void onCompleted() {
      tell("closed " + number + " OK");
    }
  }
}
