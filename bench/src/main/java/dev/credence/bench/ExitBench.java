package dev.credence.bench;

import dev.credence.proto.admin.v1.Event;
import dev.credence.proto.admin.v1.EventsGrpc;
import dev.credence.proto.admin.v1.ListEventsRequest;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// From the end of a process to the committed end of its execution, as a follower of the events
/// sees it.
///
/// @param root the project's folder
record ExitBench(Path root) implements Bench {

  private static final int PROCESSES = 300;

  @Override
  public String name() {
    return "exit";
  }

  @Override
  public void run(Report report) throws Exception {
    report.section("Process exit → execution ended");
    try (var scratch = Scratch.create();
        var plane = Plane.start(root.resolve("credence"), scratch.folder())) {
      plane.register("short-lived", WorkloadBench.Clients.python());
      var ends = new Ends();
      var request = ListEventsRequest.newBuilder().setKind("execution-ended").build();
      EventsGrpc.newStub(plane.admin().channel()).followEvents(request, ends);
      var sample = new Sample(PROCESSES);
      var command = WorkloadBench.Clients.command(root, "exit", plane.socket(), PROCESSES);
      try (var child = Child.start(command, Map.of(), Path.of("/dev/stderr"))) {
        for (int i = 0; i < PROCESSES; i++) {
          long killed = Long.parseLong(child.line().split(" ", -1)[1]);
          sample.add(ends.next() - killed);
          child.say("");
        }
        child.ended();
      }
      report.row("SIGKILL sent → event `execution-ended` at a follower", sample);
    }
  }

  private static final class Ends implements StreamObserver<Event> {
    private final BlockingQueue<Long> arrivals = new LinkedBlockingQueue<>();

    long next() throws InterruptedException {
      var arrival = arrivals.poll(30, TimeUnit.SECONDS);
      if (arrival == null) {
        throw new IllegalStateException("no end of an execution came");
      }
      return arrival;
    }

    @Override
    public void onNext(Event event) {
      arrivals.add(System.nanoTime());
    }

    @Override
    public void onError(Throwable error) {
      arrivals.clear();
    }

    @Override
    public void onCompleted() {
      arrivals.clear();
    }
  }
}
