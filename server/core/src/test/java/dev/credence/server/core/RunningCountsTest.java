package dev.credence.server.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.NodeSelection;
import dev.credence.server.core.testing.MemoryStore;
import dev.credence.server.core.testing.Samples;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RunningCountsTest {
  private static final int LIMIT = 1_000;

  private final Samples samples = new Samples(7);
  private final MemoryStore store = new MemoryStore();
  private final RunningCounts counts = new RunningCounts();
  private Node node;
  private final List<Execution> rows = new ArrayList<>();

  @BeforeEach
  void begin() {
    var person = samples.person();
    var owner = samples.owner(person);
    var agent = samples.agent(owner);
    var registration = samples.registration(agent, new NodeSelection.AnyNode());
    node = samples.node();
    for (int i = 0; i < LIMIT; i++) {
      rows.add(samples.execution(registration, node));
    }
    store.tamper(tx -> {
      tx.owners().insert(person);
      tx.owners().insert(owner);
      tx.subjects().insert(agent);
      tx.subjects().insert(registration);
      tx.nodes().insert(node);
    });
  }

  @AfterEach
  void end() {
    store.close();
  }

  private boolean reached() {
    return store.write(tx -> counts.reached(tx, node.id(), LIMIT));
  }

  private void began(int count) {
    Id id = node.id();
    for (int i = 0; i < count; i++) {
      boolean _ =
          store.write(tx -> {
            counts.began(tx, id);
            return true;
          });
    }
  }

  @Test
  void farFromTheLimit_noRowsAreCounted_nearItTheyAre() {
    assertThat(reached()).isFalse();
    store.tamper(tx -> rows.forEach(tx.executions()::insert));
    // Rows that nobody told of: to see them, they must be counted.
    assertThat(reached()).isFalse();
    began(480);
    assertThat(reached()).isFalse();
    began(8);
    assertThat(reached()).isTrue();
  }

  @Test
  void whatEnds_makesRoom_andWhatIsForgotten_isCounted() {
    assertThat(reached()).isFalse();
    began(490);
    boolean _ =
        store.write(tx -> {
          for (int i = 0; i < 10; i++) {
            counts.ended(tx, rows.get(i));
          }
          return true;
        });
    store.tamper(tx -> rows.forEach(tx.executions()::insert));
    assertThat(reached()).isFalse();
    counts.forget();
    assertThat(reached()).isTrue();
  }
}
