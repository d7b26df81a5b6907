package dev.credence.node;

import dev.credence.node.HostedProcess.Snapshot;
import dev.credence.node.Standing.Denied;
import dev.credence.node.Standing.Entitled;
import dev.credence.node.Standing.NotNow;
import dev.credence.node.Standing.Pending;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One open stream of a caller. It sends the whole state whenever that changed and the caller can
/// take it: a slow reader misses what was replaced meanwhile, and holds up nobody. Thread-safe.
///
/// @param <T> the message
final class WorkloadStream<T> implements HostedProcess.Call, OpenStreams.Stream {
  private final ServerCallStreamObserver<T> out;
  private final Rendering<T> rendering;
  private final Consumer<Standing> onRefused;
  private final OpenStreams streams;
  private final Pump pump;
  private final AtomicReference<Optional<Standing>> last = new AtomicReference<>(Optional.empty());
  private volatile @Nullable Source source;
  private final Queue<Runnable> handOvers = new ConcurrentLinkedQueue<>();

  // Confined to the pump.
  private Optional<T> sent = Optional.empty();
  private boolean over;
  private boolean upToDate;

  /// What a standing looks like on the wire.
  ///
  /// @param <T> the message
  interface Rendering<T> {
    /// True: certificates are needed.
    boolean needsSvids();

    /// Empty: nothing to say yet.
    Optional<T> of(Entitled standing);
  }

  private record Source(HostedProcess process, long from) {}

  /// @param onRefused told if the stream ends before anything was sent
  /// @param streams knows it until it is closed
  WorkloadStream(
      ServerCallStreamObserver<T> out,
      Rendering<T> rendering,
      Consumer<Standing> onRefused,
      OpenStreams streams) {
    this.streams = streams;
    this.out = out;
    this.rendering = rendering;
    this.onRefused = onRefused;
    // Whoever signals runs the step: it never blocks.
    this.pump = new Pump(Runnable::run, this::step);
    out.setOnReadyHandler(pump::signal);
    out.setOnCancelHandler(this::cancelled);
    streams.add(this);
  }

  @Override
  public void follow(HostedProcess process, long from) {
    source = new Source(process, from);
    if (out.isCancelled()) {
      process.detach(this);
    }
    pump.signal();
  }

  @Override
  public boolean wantsSvids() {
    return rendering.needsSvids();
  }

  @Override
  public void changed() {
    pump.signal();
  }

  @Override
  public void end(Standing why) {
    last.compareAndSet(Optional.empty(), Optional.of(why));
    pump.signal();
  }

  @Override
  public void handOver(Runnable done) {
    handOvers.add(done);
    pump.signal();
  }

  @Override
  public void endStalled() {
    end(new NotNow("the caller took nothing for too long; ask again"));
  }

  /// Only after a step that began when the bundle was there already: what it saw is what was sent.
  private void handedOver(List<Runnable> asked) {
    asked.forEach(done -> {
      handOvers.remove(done);
      done.run();
    });
  }

  private void cancelled() {
    streams.remove(this);
    pump.signal(); // whoever waits for a hand-over is told
    Source followed = source;
    if (followed != null) {
      followed.process.detach(this);
    }
  }

  private void step() {
    List<Runnable> asked = List.copyOf(handOvers);
    advance();
    if (over || sent.isEmpty() || upToDate) {
      handedOver(asked);
    }
  }

  private void advance() {
    upToDate = false;
    if (over) {
      return;
    }
    if (out.isCancelled()) {
      over = true;
      return;
    }
    Optional<Standing> end = last.get();
    if (end.isPresent()) {
      finish(end.get());
      return;
    }
    Source followed = source;
    if (followed == null) {
      return;
    }
    Snapshot snapshot = followed.process.now();
    if (snapshot.number() >= followed.from) {
      show(snapshot.standing());
    }
  }

  private void show(Standing standing) {
    switch (standing) {
      case Pending _ -> {}
      case Entitled entitled -> sendIfNew(entitled);
      case Denied _, NotNow _ -> finish(standing);
    }
  }

  private void sendIfNew(Entitled entitled) {
    upToDate = out.isReady();
    if (!upToDate) {
      return; // the ready handler comes back, and finds what is the newest then
    }
    rendering
        .of(entitled)
        .filter(message -> !Optional.of(message).equals(sent))
        .ifPresent(message -> {
          out.onNext(message);
          sent = Optional.of(message);
        });
  }

  private void finish(Standing end) {
    over = true;
    cancelled();
    if (sent.isEmpty()) {
      onRefused.accept(end);
    }
    out.onError(Statuses.of(end).asRuntimeException());
  }
}
