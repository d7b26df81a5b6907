package dev.credence.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.server.store.postgres.PostgresExtension;
import dev.credence.server.store.postgres.RealPostgres;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Nothing that goes wrong ends the watch for other servers' commits.
@ExtendWith(PostgresExtension.class)
class CommitWatchTest {
  private static final long SECONDS = 20;

  private final PostgresqlConnections connections;

  CommitWatchTest(RealPostgres postgres) throws Exception {
    this.connections =
        new PostgresqlConnections(postgres.newDatabase(), Duration.ofSeconds(SECONDS));
  }

  private static void await(Semaphore times, String what) throws InterruptedException {
    assertThat(times.tryAcquire(SECONDS, TimeUnit.SECONDS)).as(what).isTrue();
  }

  @Test
  void anErrorOfWhoeverIsTold_doesNotEndIt() throws Exception {
    var fails = new AtomicBoolean(true);
    var failed = new Semaphore(0);
    var told = new Semaphore(0);
    Runnable changed =
        () -> {
          if (fails.getAndSet(false)) {
            failed.release();
            throw new StackOverflowError("made to fail");
          }
          told.release();
        };
    try (var watch = new CommitWatch(connections, _ -> false, changed, CommitWatch.LOOK_EVERY)) {
      watch.start();
      await(failed, "failed once");
      await(told, "told again");
    }
  }

  @Test
  void anErrorOfItsOwn_doesNotEndIt() throws Exception {
    var fails = new AtomicBoolean(true);
    var failed = new Semaphore(0);
    var told = new Semaphore(0);
    try (var watch =
        new CommitWatch(
            connections,
            _ -> {
              if (fails.getAndSet(false)) {
                failed.release();
                throw new StackOverflowError("made to fail");
              }
              return false;
            },
            told::release,
            CommitWatch.LOOK_EVERY)) {
      watch.start();
      await(told, "listening");
      try (Connection other = connections.openWriter();
          Statement statement = other.createStatement()) {
        statement.execute("NOTIFY " + PostgresqlConnections.CHANNEL);
      }
      await(failed, "failed once");
      int _ = told.drainPermits();
      await(told, "told again");
    }
  }
}
