package dev.credence.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.server.core.port.StoreException;
import dev.credence.server.store.postgres.PostgresExtension;
import dev.credence.server.store.postgres.RealPostgres;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A database server that is not there, or does not answer: what is said, and that the store goes
/// on when it is back. A PostgreSQL of its own, since it is stopped.
@ExtendWith(PostgresExtension.class)
class PostgresqlStoppedTest {
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private final List<StoreException> fatal = new CopyOnWriteArrayList<>();
  private RealPostgres postgres;
  private PostgresqlSettings database;

  @BeforeEach
  void start() throws Exception {
    postgres = RealPostgres.start(RealPostgres.programs().orElseThrow());
    database = postgres.newDatabase();
  }

  @AfterEach
  void end() throws Exception {
    postgres.close();
  }

  private PostgresqlStore open() throws UnusableDatabaseException {
    return PostgresqlStore.open(
        database, new StoreSettings(2, 64, 100, PATIENCE, CommitListener.none(), fatal::add));
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertNotOpened() {
    String place = "postgresql://127.0.0.1:" + postgres.port() + "/" + database.database();
    return assertThatThrownBy(this::open)
        .isInstanceOf(UnusableDatabaseException.class)
        .hasMessageStartingWith("database " + place + ": cannot be reached: ")
        .hasMessageEndingWith(
            " (expected: a PostgreSQL that runs and takes connections there; start it, or correct"
                + " the address)")
        .satisfies(problem -> assertThat(problem.getMessage()).hasLineCount(1));
  }

  private static long next(PostgresqlStore store) {
    return store.write(tx -> tx.meta().nextRegistryNumber());
  }

  private static long number(PostgresqlStore store) {
    return store.read(view -> view.meta().registryNumber());
  }

  @Test
  void stopped_itIsToldWhereNobodyIs_andWhatToDo() throws Exception {
    postgres.stop();
    assertNotOpened().hasMessageContaining(postgres.port() + " refused (expected");
    postgres.startAgain();
    try (PostgresqlStore store = open()) {
      assertThat(next(store)).isEqualTo(1);
    }
  }

  @Test
  void thatDoesNotAnswer_isGivenUp_andToldAsOneThatIsNotReached() throws Exception {
    postgres.freeze();
    long began = System.nanoTime();
    assertNotOpened();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(PATIENCE.multipliedBy(5));
    postgres.thaw();
    try (PostgresqlStore store = open()) {
      assertThat(next(store)).isEqualTo(1);
    }
  }

  @Test
  void stoppedWhileItIsInUse_callsFail_andGoOnWhenItIsBack() throws Exception {
    try (PostgresqlStore store = open()) {
      assertThat(next(store)).isEqualTo(1);
      assertThat(number(store)).isEqualTo(1);
      postgres.stop();
      assertThatThrownBy(() -> number(store)).isInstanceOf(StoreException.class);
      assertThatThrownBy(() -> next(store)).isInstanceOf(StoreException.class);
      postgres.startAgain();
      assertThat(number(store)).isEqualTo(1);
      assertThat(next(store)).isEqualTo(2);
    }
    assertThat(fatal).isEmpty();
  }

  @Test
  void thatStandsStillWhileItIsInUse_callsFailInTime_andGoOnWhenItRunsAgain() throws Exception {
    try (PostgresqlStore store = open()) {
      assertThat(next(store)).isEqualTo(1);
      assertThat(number(store)).isEqualTo(1);
      postgres.freeze();
      assertThatThrownBy(() -> number(store)).isInstanceOf(StoreException.class);
      postgres.thaw();
      assertThat(number(store)).isEqualTo(1);
      assertThat(next(store)).isEqualTo(2);
    }
    assertThat(fatal).isEmpty();
  }
}
