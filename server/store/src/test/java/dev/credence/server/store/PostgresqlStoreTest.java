package dev.credence.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.server.core.port.StoreException;
import dev.credence.server.core.port.StoreException.Outcome;
import dev.credence.server.store.postgres.PostgresExtension;
import dev.credence.server.store.postgres.RealPostgres;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is particular to a database server: connections that are lost, commits of other servers.
@ExtendWith(PostgresExtension.class)
class PostgresqlStoreTest {
  private final List<StoreException> fatal = new CopyOnWriteArrayList<>();
  private final RealPostgres postgres;
  private final PostgresqlSettings database;
  private PostgresqlStore store;
  private PostgresqlStore second;

  PostgresqlStoreTest(RealPostgres postgres) throws Exception {
    this.postgres = postgres;
    this.database = postgres.newDatabase();
  }

  @BeforeEach
  void open() throws Exception {
    store = PostgresqlStore.open(database, settings(CommitListener.none()));
    second = PostgresqlStore.open(database, settings(CommitListener.none()));
  }

  private StoreSettings settings(CommitListener listener) {
    return new StoreSettings(2, 64, 100, Duration.ofSeconds(20), listener, fatal::add);
  }

  @AfterEach
  void close() {
    second.close();
    store.close();
  }

  /// PostgreSQL aborts a transaction at its first failed statement; each work has a savepoint.
  @Test
  void aFailedStatement_failsItsOwnWork_andNoneOfThoseThatShareItsCommit() throws Exception {
    var samples = new dev.credence.server.core.testing.Samples(7);
    var person = samples.person();
    store.write(tx -> {
      tx.owners().insert(person);
      return true;
    });
    var entered = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    List<Thread> all = new ArrayList<>();
    List<Long> numbers = new CopyOnWriteArrayList<>();
    List<Throwable> failed = new CopyOnWriteArrayList<>();
    all.add(
        Thread.ofPlatform()
            .start(() -> {
              boolean _ =
                  store.write(tx -> {
                    entered.countDown();
                    awaitQuietly(go);
                    return true;
                  });
            }));
    entered.await();
    for (int i = 0; i < 9; i++) {
      boolean bad = i % 3 == 1;
      all.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  numbers.add(
                      store.write(tx -> {
                        long number = tx.meta().nextRegistryNumber();
                        if (bad) {
                          tx.owners().insert(person); // there already
                        }
                        return number;
                      }));
                } catch (StoreException e) {
                  failed.add(e);
                }
              }));
    }
    // All of them wait behind the first one, so they share the next commit.
    while (all.stream().anyMatch(it -> it.getState() == Thread.State.RUNNABLE)) {
      Thread.onSpinWait();
    }
    go.countDown();
    for (Thread each : all) {
      each.join();
    }
    assertThat(failed).hasSize(3);
    assertThat(numbers).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(number(second)).isEqualTo(6);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static long next(PostgresqlStore store) {
    return store.write(tx -> tx.meta().nextRegistryNumber());
  }

  private static long number(PostgresqlStore store) {
    return store.read(view -> view.meta().registryNumber());
  }

  private void endConnections(String name) throws Exception {
    try (Connection admin = postgres.connect("postgres");
        Statement statement = admin.createStatement()) {
      statement.execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
              + database.database()
              + "' AND application_name LIKE 'credence-server "
              + name
              + "'");
    }
  }

  @Test
  void lostConnections_areReplaced_withoutAFailedCall() throws Exception {
    assertThat(next(store)).isEqualTo(1);
    assertThat(number(store)).isEqualTo(1);
    endConnections("%");
    assertThat(next(store)).isEqualTo(2);
    assertThat(number(store)).isEqualTo(2);
    assertThat(fatal).isEmpty();
  }

  @Test
  void connectionLostWithinAWrite_wroteNothing() {
    assertThatThrownBy(() ->
            store.write(tx -> {
              long _ = tx.meta().nextRegistryNumber();
              endConnections("writer");
              return tx.meta().nextRegistryNumber();
            }))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.NOTHING_WRITTEN));
    assertThat(next(store)).isEqualTo(1);
  }

  @Test
  void connectionLostAtCommit_isUnknown_andTheStoreGoesOn() throws Exception {
    CommitListener losing =
        new CommitListener() {
          @Override
          public void committed(Commit commit) {}

          @Override
          public void reached(Point point) {
            if (point == Point.BEFORE_COMMIT) {
              try {
                endConnections("writer");
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            }
          }
        };
    try (PostgresqlStore third = PostgresqlStore.open(database, settings(losing))) {
      assertThatThrownBy(() -> next(third))
          .isInstanceOfSatisfying(
              StoreException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN));
      assertThat(number(third)).isZero();
    }
    assertThat(next(store)).isEqualTo(1);
    assertThat(fatal).isEmpty();
  }

  @Test
  void writerThatStandsStill_losesTheLock_soThatOthersGoOn() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Thread stuck =
        Thread.ofVirtual()
            .start(() -> {
              try {
                boolean _ =
                    store.write(tx -> {
                      long _ = tx.meta().nextRegistryNumber();
                      inside.countDown();
                      return release.await(60, TimeUnit.SECONDS);
                    });
              } catch (Exception e) {
                fatal.add(new StoreException(Outcome.NOTHING_WRITTEN, "stuck", e));
              }
            });
    assertThat(inside.await(60, TimeUnit.SECONDS)).isTrue();
    // Waits until the database takes the lock away; nothing of the stuck one is there.
    assertThat(next(second)).isEqualTo(1);
    release.countDown();
    stuck.join();
    assertThat(fatal).hasSize(1);
    assertThat(next(store)).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void commitsOfTheOther_areTold_soon(boolean notifications) throws Exception {
    var other =
        new PostgresqlSettings(
            database.hosts(),
            database.database(),
            database.user(),
            database.password(),
            database.tls(),
            notifications);
    Semaphore told = new Semaphore(0);
    var connections = new PostgresqlConnections(other, Duration.ofSeconds(20));
    // It would look by itself only after this test: what is told sooner came from the commit.
    try (var watch =
        new CommitWatch(connections, _ -> false, told::release, Duration.ofMinutes(10))) {
      watch.start();
      assertThat(told.tryAcquire(60, TimeUnit.SECONDS)).isTrue(); // it is there
      for (int i = 1; i <= 3; i++) {
        assertThat(next(store)).isEqualTo(i);
        assertThat(told.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
        assertThat(number(second)).isEqualTo(i);
      }
    }
  }

  @Test
  void watch_thatLostItsConnection_tellsAgain() throws Exception {
    Semaphore told = new Semaphore(0);
    assertThat(store.follow(told::release)).isTrue();
    assertThat(told.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
    endConnections("listener");
    int _ = told.drainPermits();
    assertThat(next(second)).isEqualTo(1);
    assertThat(told.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
  }
}
