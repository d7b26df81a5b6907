package dev.credence.server.core.testing;

import dev.credence.certs.Id;
import dev.credence.server.core.NodeStream;
import dev.credence.server.core.Push;
import dev.credence.server.core.ServerException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A node that is connected to a server, and waits for what it is told.
public record ToldNode(CoreWorld world, CoreWorld.Joined node, NodeStream stream, Semaphore told) {
  private static final long SECONDS = 60;

  /// A new one.
  public static ToldNode at(CoreWorld world) throws ServerException {
    CoreWorld.Joined joined = world.join(Map.of());
    joined.stream().close();
    return at(world, joined);
  }

  /// One that exists, with a new start of its daemon.
  public static ToldNode at(CoreWorld world, CoreWorld.Joined joined) throws ServerException {
    return at(world, joined, Id.random(world.random));
  }

  /// One that exists.
  public static ToldNode at(CoreWorld world, CoreWorld.Joined joined, Id start)
      throws ServerException {
    Semaphore told = new Semaphore(0);
    NodeStream stream =
        world.core.nodeStreams().open(joined.id(), CoreWorld.hello(start), told::release);
    stream.settle(
        stream.welcome().hosted().stream()
            .map(it -> it.id())
            .collect(java.util.stream.Collectors.toSet()));
    return new ToldNode(
        world, new CoreWorld.Joined(joined.id(), joined.keys(), start, stream), stream, told);
  }

  public Id id() {
    return node.id();
  }

  /// Waits for a push of which this holds.
  public <P extends Push> P await(Class<P> type, Predicate<P> wanted) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (true) {
      for (Optional<Push> push = stream.next(); push.isPresent(); push = stream.next()) {
        if (type.isInstance(push.get()) && wanted.test(type.cast(push.get()))) {
          return type.cast(push.get());
        }
        if (push.get() instanceof Push.Over(var cause)) {
          throw new AssertionError("stream over: " + cause + " (expected: " + type + ")");
        }
      }
      if (!told.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        throw new AssertionError("no " + type.getSimpleName() + " within " + SECONDS + " s");
      }
    }
  }

  /// Waits for a bundle, and acknowledges it.
  public long acknowledge(Predicate<Push.BundlePush> wanted)
      throws InterruptedException, ServerException {
    long sequence = await(Push.BundlePush.class, wanted).trust().sequence();
    stream.acknowledged(sequence);
    return sequence;
  }
}
