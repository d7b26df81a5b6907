package dev.credence.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;

/// The caller's side of a stream: what came, in order.
@NullUnmarked
final class StreamProbe<Q, A> implements ClientResponseObserver<Q, A> {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();
  private final boolean greedy;
  private ClientCallStreamObserver<Q> call;

  private StreamProbe(boolean greedy) {
    this.greedy = greedy;
  }

  static <Q, A> StreamProbe<Q, A> greedy() {
    return new StreamProbe<>(true);
  }

  /// Takes one message when told to.
  static <Q, A> StreamProbe<Q, A> reluctant() {
    return new StreamProbe<>(false);
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<Q> observer) {
    call = observer;
    if (!greedy) {
      observer.disableAutoRequestWithInitial(0);
    }
  }

  void request(int messages) {
    call.request(messages);
  }

  void cancel() {
    call.cancel("enough", null);
  }

  @Override
  public void onNext(A message) {
    events.add(message);
  }

  @Override
  public void onError(Throwable error) {
    events.add(Status.fromThrowable(error));
  }

  @Override
  public void onCompleted() {
    events.add(Status.OK);
  }

  @SuppressWarnings("unchecked") // what isn't a status is a message
  A message() {
    Object event = next(PATIENCE);
    if (event == null || event instanceof Status) {
      return fail("a message was expected, but there came " + event);
    }
    return (A) event;
  }

  /// Whether it has ended.
  boolean isOver() {
    return events.stream().anyMatch(Status.class::isInstance);
  }

  Status end() {
    Object event = next(PATIENCE);
    while (event != null && !(event instanceof Status)) {
      event = next(PATIENCE);
    }
    assertThat(event).as("end of the stream").isNotNull();
    return (Status) event;
  }

  /// Nothing came, as far as can be seen after everybody else had their turn.
  void assertSilent() {
    assertThat(next(Duration.ofMillis(150))).isNull();
  }

  /// A message, or the status of the end; null: nothing came.
  Object next(Duration patience) {
    try {
      return events.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
