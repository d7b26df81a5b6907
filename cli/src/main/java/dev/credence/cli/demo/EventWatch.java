package dev.credence.cli.demo;

import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.client.DaemonConnection;
import dev.credence.cli.print.Text;
import dev.credence.proto.admin.v1.Event;
import dev.credence.proto.admin.v1.EventsGrpc;
import dev.credence.proto.admin.v1.ListEventsRequest;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// Follows the server's events. One reader at a time.
final class EventWatch {

  private static final long PATIENCE_SECONDS = 20;

  /// An event, and when it came here (System.nanoTime).
  record Seen(Event event, long atNanos) {}

  private final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();

  /// Begins with the events that are there already.
  EventWatch(DaemonConnection server) {
    server
        .streaming(EventsGrpc::newStub)
        .followEvents(
            ListEventsRequest.getDefaultInstance(),
            new StreamObserver<>() {
              @Override
              public void onNext(Event event) {
                seen.add(new Seen(event, System.nanoTime()));
              }

              @Override
              public void onError(Throwable failure) {
                // The demo is over, or the next wait runs into its deadline.
              }

              @Override
              public void onCompleted() {}
            });
  }

  /// The next event of which this holds; earlier ones are passed over.
  Seen await(String what, Predicate<Event> holds) {
    var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    try {
      while (true) {
        var next = seen.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (next == null) {
          throw CommandFailure.failed(Text.of("no event within %d s: %s", PATIENCE_SECONDS, what));
        }
        if (holds.test(next.event())) {
          return next;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }
}
