package dev.credence.node;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.util.stream.Collectors.joining;

import dev.credence.proto.local.v1.ExplainRequest;
import dev.credence.proto.local.v1.LocalGrpc;
import dev.credence.proto.workload.X509SVID;
import dev.credence.proto.workload.X509SVIDRequest;
import dev.credence.proto.workload.X509SVIDResponse;
import dev.credence.transport.UnixSocketChannels;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// A caller in a process of its own. Commands on stdin, one per line:
///
/// - `fetch`: opens a stream; prints `svid ID,ID,... SERIAL` for each message, `end CODE TEXT` for
///   its end
/// - `explain PID`: prints the outcome
/// - `exec`: becomes another program (sleep) by execv(3); its descriptors are closed by that
/// - `exec-keeping`: the same, but the other program keeps the connection
final class ChildMain {
  private final ManagedChannel channel;

  private ChildMain(Path socket) {
    channel = UnixSocketChannels.open(socket);
  }

  public static void main(String[] arguments) throws IOException {
    var child = new ChildMain(Path.of(arguments[0]));
    var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      child.run(line.split(" ", -1));
    }
    System.exit(0);
  }

  private void run(String[] words) {
    switch (words[0]) {
      case "fetch" -> fetch();
      case "explain" -> explain(Integer.parseInt(words[1]));
      case "exec" -> exec(false);
      case "exec-keeping" -> exec(true);
      default -> say("what? " + words[0]);
    }
  }

  private void fetch() {
    NodeRig.workload(channel)
        .fetchX509SVID(
            X509SVIDRequest.getDefaultInstance(),
            new StreamObserver<X509SVIDResponse>() {
              @Override
              public void onNext(X509SVIDResponse response) {
                var ids = response.getSvidsList().stream().map(X509SVID::getSpiffeId);
                say("svid " + ids.collect(joining(",")) + " " + NodeRig.serial(response));
              }

              @Override
              public void onError(Throwable error) {
                Status status = Status.fromThrowable(error);
                say("end " + status.getCode() + " " + status.getDescription());
              }

              @Override
              public void onCompleted() {
                say("end OK");
              }
            });
  }

  private void explain(int pid) {
    try {
      var explanation =
          LocalGrpc.newBlockingStub(channel)
              .explain(ExplainRequest.newBuilder().setPid(pid).build());
      say("explained " + explanation.getAttestation().getProcess().getMark().getPid());
    } catch (StatusRuntimeException e) {
      say("end " + e.getStatus().getCode());
    }
  }

  @SuppressWarnings("restricted") // the JDK can't exec
  private static void exec(boolean keeping) {
    try (Arena arena = Arena.ofConfined()) {
      var linker = Linker.nativeLinker();
      if (!keeping) {
        var closeRange =
            linker.downcallHandle(
                linker.defaultLookup().find("close_range").orElseThrow(),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
        final int onExec = 4;
        var _ = (int) closeRange.invokeExact(3, -1, onExec);
      }
      var execv =
          linker.downcallHandle(
              linker.defaultLookup().find("execv").orElseThrow(),
              FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
      MemorySegment program = arena.allocateFrom("/bin/sleep");
      MemorySegment arguments = arena.allocate(ADDRESS, 3);
      arguments.setAtIndex(ADDRESS, 0, program);
      arguments.setAtIndex(ADDRESS, 1, arena.allocateFrom("60"));
      arguments.setAtIndex(ADDRESS, 2, MemorySegment.NULL);
      int result = (int) execv.invokeExact(program, arguments);
      say("exec failed " + result);
    } catch (Throwable e) {
      say("exec failed " + e);
    }
  }

  private static synchronized void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
