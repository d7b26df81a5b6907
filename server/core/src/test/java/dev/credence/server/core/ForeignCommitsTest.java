package dev.credence.server.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Id;
import dev.credence.certs.issue.Authority;
import dev.credence.server.core.model.AuthorityKind;
import dev.credence.server.core.model.Bar;
import dev.credence.server.core.port.Store;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.SharedMemory;
import dev.credence.server.core.testing.ToldNode;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// From where another server's commits are followed, and that nothing ends the following.
final class ForeignCommitsTest {
  private static final long SECONDS = 20;

  private final SharedMemory database = new SharedMemory();
  private CoreWorld one;

  @BeforeEach
  void begin() throws Exception {
    one = CoreWorld.dev(database.join());
  }

  @AfterEach
  void end() {
    one.close();
    database.close();
  }

  private Id prepare() {
    try {
      return one.core
          .authorities()
          .prepare()
          .run(CoreWorld.ADMIN, one.request(), AuthorityKind.X509, "test")
          .authority()
          .record()
          .id();
    } catch (ServerException e) {
      throw new AssertionError(e);
    }
  }

  /// Runs something before its second write: a server has loaded its authorities by then, and has
  /// not yet begun to follow.
  private static final class Interposed implements Store {
    private final Store store;
    private final Runnable between;
    private final AtomicInteger writes = new AtomicInteger();

    Interposed(Store store, Runnable between) {
      this.store = store;
      this.between = between;
    }

    @Override
    public <T, E extends Exception> T write(Work<T, E> work) throws E {
      if (writes.incrementAndGet() == 2) {
        between.run();
      }
      return store.write(work);
    }

    @Override
    public <T, E extends Exception> T read(Query<T, E> query) throws E {
      return store.read(query);
    }

    @Override
    public boolean follow(Runnable changed) {
      return store.follow(changed);
    }

    @Override
    public void close() {
      store.close();
    }
  }

  @Test
  void whatIsCommittedBetweenLoadingAndFollowing_isNotLost() throws Exception {
    Id[] prepared = new Id[1];
    ToldNode known = ToldNode.at(one);
    try (CoreWorld two =
        CoreWorld.dev(new Interposed(database.join(), () -> prepared[0] = prepare()))) {
      assertThat(prepared[0]).as("was prepared meanwhile").isNotNull();
      // It has done nothing of its own since that would have loaded everything again.
      ToldNode node = ToldNode.at(two, known.node());
      Push.BundlePush _ =
          node.await(
              Push.BundlePush.class,
              push ->
                  push.trust().bundle().authorities().stream()
                      .anyMatch(it -> Authority.idOf(it).equals(prepared[0])));
    }
  }

  /// Fails once, with what nobody expects.
  private static final class Failing implements ForeignCommits.Effects {
    private final Semaphore failed = new Semaphore(0);
    private final Semaphore followed = new Semaphore(0);
    private boolean fails = true;

    @Override
    public void ended(Id node, Push.Ended execution) {}

    @Override
    public void shutOut(Id node) {}

    @Override
    public void bars(Id node, List<Bar> inForce) {}

    @Override
    public void somethingChanged(boolean authorities) {
      if (fails) {
        fails = false;
        failed.release();
        throw new StackOverflowError("made to fail");
      }
      followed.release();
    }

    @Override
    public void reload() {}
  }

  @Test
  void anError_doesNotEndTheFollowing_andWhatFailedIsDoneAgain() throws Exception {
    Store store = database.join();
    var hint = new ForeignCommits.Hint();
    boolean _ = store.follow(hint::give);
    var registry =
        new Registry(
            store.read(RegistrySnapshot::load),
            new StreamIndex(CoreMetrics.none()),
            CoreMetrics.none(),
            Optional.of(hint::give));
    long seen = store.read(view -> view.events().last());
    var effects = new Failing();
    try (var _ =
        new ForeignCommits(
                store, registry, new EventFeed(seen, CoreMetrics.none()), hint, effects, seen)
            .start()) {
      var _ = one.owner("finance");
      assertThat(effects.failed.tryAcquire(SECONDS, TimeUnit.SECONDS)).isTrue();
      hint.give();
      assertThat(effects.followed.tryAcquire(SECONDS, TimeUnit.SECONDS))
          .as("followed after the error")
          .isTrue();
    }
  }
}
