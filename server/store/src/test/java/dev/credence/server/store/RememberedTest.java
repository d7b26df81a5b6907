package dev.credence.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.NodeState;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the writer remembers is what the database holds, whatever happens in between.
final class RememberedTest extends StoreTest {

  private static final class Undone extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  @Test
  void changeIsSeenByTheSameAndTheNextTransaction() {
    World world = World.in(store, samples);
    Node banned = in(world.node(), NodeState.BANNED);
    write(tx -> {
      assertThat(tx.nodes().find(banned.id())).contains(world.node());
      tx.nodes().update(banned);
      assertThat(tx.nodes().find(banned.id())).contains(banned);
    });
    write(tx -> assertThat(tx.nodes().find(banned.id())).contains(banned));
  }

  @Test
  void whatWasNotThereIsSeenOnceItIs() {
    World world = World.in(store, samples);
    Node other = samples.node();
    write(tx -> assertThat(tx.nodes().find(other.id())).isEmpty());
    write(tx -> tx.nodes().insert(other));
    write(tx -> {
      assertThat(tx.nodes().find(other.id())).contains(other);
      assertThat(tx.bars().inForce(other.id(), world.agent().id())).isEmpty();
    });
  }

  @Test
  void executionIsSeenAsItIs_whenItBegan_whenItChanged_andWhenThatWasUndone() {
    World world = World.in(store, samples);
    Execution execution = samples.execution(world.registration(), world.node());
    Execution ended = samples.ended(execution);
    write(tx -> {
      assertThat(tx.executions().find(execution.id())).isEmpty();
      tx.executions().insert(execution);
      assertThat(tx.executions().find(execution.id())).contains(execution);
    });
    assertThatThrownBy(() ->
            write(tx -> {
              tx.executions().update(ended);
              assertThat(tx.executions().find(execution.id())).contains(ended);
              throw new Undone();
            }))
        .isInstanceOf(Undone.class);
    write(tx -> {
      assertThat(tx.executions().find(execution.id())).contains(execution);
      tx.executions().update(ended);
      assertThat(tx.executions().find(execution.id())).contains(ended);
    });
  }

  @Test
  void ofManyExecutions_eachIsSeenAsItIs() {
    World world = World.in(store, samples);
    List<Execution> all =
        Stream.generate(() -> samples.execution(world.registration(), world.node()))
            .limit(200)
            .toList();
    write(tx -> all.forEach(tx.executions()::insert));
    for (int round = 0; round < 2; round++) {
      write(tx -> all.forEach(one -> assertThat(tx.executions().find(one.id())).contains(one)));
    }
  }

  @Test
  void undoneChangeIsForgotten() {
    World world = World.in(store, samples);
    long events = read(view -> view.events().last());
    assertThatThrownBy(() ->
            write(tx -> {
              tx.nodes().update(in(world.node(), NodeState.BANNED));
              tx.events().append(samples.event(EventKind.REFUSED), samples.time());
              assertThat(tx.nodes().find(world.node().id()).map(Node::state))
                  .contains(NodeState.BANNED);
              assertThat(tx.events().last()).isEqualTo(events + 1);
              throw new Undone();
            }))
        .isInstanceOf(Undone.class);
    write(tx -> {
      assertThat(tx.nodes().find(world.node().id())).contains(world.node());
      assertThat(tx.events().last()).isEqualTo(events);
    });
  }

  /// Two writes share a commit; the second undoes its own part only.
  @Test
  void whatAnotherWriteOfTheSameCommitUndidIsForgotten() throws Exception {
    World world = World.in(store, samples);
    var held = new CountDownLatch(1);
    var seen = new CountDownLatch(3);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var first = threads.submit(() -> write(tx -> hold(held)));
      var good =
          threads.submit(() -> {
            seen.countDown();
            write(tx -> tx.events().append(samples.event(EventKind.REFUSED), samples.time()));
          });
      var bad =
          threads.submit(() -> {
            seen.countDown();
            assertThatThrownBy(() ->
                    write(tx -> {
                      tx.nodes().update(in(world.node(), NodeState.BANNED));
                      assertThat(tx.nodes().find(world.node().id())).isPresent();
                      throw new Undone();
                    }))
                .isInstanceOf(Undone.class);
          });
      var after =
          threads.submit(() -> {
            seen.countDown();
            Optional<Node> found = store.write(tx -> tx.nodes().find(world.node().id()));
            return found;
          });
      seen.await();
      held.countDown();
      first.get();
      good.get();
      bad.get();
      assertThat(after.get()).map(Node::id).contains(world.node().id());
    }
    write(tx -> assertThat(tx.nodes().find(world.node().id())).contains(world.node()));
    thatNumber(view -> view.events().last()).isEqualTo(1);
  }

  private static void hold(CountDownLatch held) {
    try {
      held.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Node in(Node node, NodeState state) {
    return new Node(node.id(), state, node.origin(), node.key(), node.presence());
  }
}
