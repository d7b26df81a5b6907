package dev.credence.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.port.Store;
import dev.credence.server.core.port.StoreException;
import dev.credence.server.core.port.StoreException.Outcome;
import dev.credence.server.core.port.Transaction;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Writes that share a commit: each alone in failing, all together in becoming durable. The writer
/// is held inside a first work until the others are queued, so the batches are what the tests say.
class GroupCommitTest {
  private static final Instant NOW = Instant.parse("2026-02-02T02:02:02Z");

  private final Samples samples = new Samples(11);
  private final FailingJdbc jdbc = new FailingJdbc();
  private final List<StoreException> fatal = new CopyOnWriteArrayList<>();
  private final List<CommitListener.Commit> commits = new CopyOnWriteArrayList<>();
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private Path file;
  private SqliteStore store;
  private GroupCommit writer;

  @BeforeEach
  void open(@TempDir Path folder) throws Exception {
    file = folder.resolve("credence.db");
    store = SqliteStore.open(file, StoreSettings.defaults(fatal::add));
    writer = start(settings());
  }

  private StoreSettings settings() {
    return new StoreSettings(1, 64, 100, Duration.ofSeconds(20), commits::add, fatal::add);
  }

  /// A second writer beside the store's own, on connections that fail on command.
  private GroupCommit start(StoreSettings settings) {
    SqliteFile access = new SqliteFile(file, Duration.ofSeconds(20));
    return GroupCommit.start(settings, () -> session(access.openWriter()));
  }

  /// Moves the log into the file after every write, on connections that fail on command.
  private final class Tidy implements BatchRunner.Opener {
    private final AtomicInteger begun = new AtomicInteger();

    @Override
    public SqlSession open() throws java.sql.SQLException {
      return session(new SqliteFile(file, Duration.ofSeconds(20)).openWriter());
    }

    @Override
    public void tidy(SqlConnection connection, int writes, boolean idle)
        throws java.sql.SQLException {
      begun.incrementAndGet();
      connection.script(SqliteWriter.CHECKPOINT);
    }
  }

  private SqlSession session(Connection connection) {
    return SqlSession.on(new SqlConnection(jdbc.around(connection)));
  }

  @AfterEach
  void close() {
    writer.close();
    store.close();
    callers.shutdownNow();
  }

  private static long append(Transaction transaction, Samples samples) {
    return transaction.events().append(samples.event(EventKind.OWNER_CREATED), NOW).number();
  }

  private long append(Transaction transaction) {
    return append(transaction, samples);
  }

  private long stored() {
    return store.read(view -> view.events().last());
  }

  /// Holds the writer inside a work until released.
  private final class Held {
    private final CountDownLatch release = new CountDownLatch(1);
    private final Future<Boolean> work;

    Held() throws InterruptedException {
      CountDownLatch inside = new CountDownLatch(1);
      work =
          callers.submit(() ->
              writer.write(transaction -> {
                inside.countDown();
                return release.await(60, TimeUnit.SECONDS);
              }));
      assertThat(inside.await(60, TimeUnit.SECONDS)).isTrue();
    }

    void release() throws Exception {
      release.countDown();
      assertThat(work.get(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  private <T> List<Future<T>> queueBehind(Held held, List<? extends Store.Work<T, Exception>> works)
      throws Exception {
    List<Future<T>> answers = new ArrayList<>();
    for (Store.Work<T, Exception> work : works) {
      answers.add(callers.submit(() -> writer.write(work)));
      awaitQueued(answers.size());
    }
    held.release();
    return answers;
  }

  private void awaitQueued(int writes) {
    awaitThat(() -> writer.queued() >= writes);
  }

  private static void awaitThat(BooleanSupplier condition) {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private static <T> T get(Future<T> answer) throws Exception {
    return answer.get(60, TimeUnit.SECONDS);
  }

  private static Throwable failureOf(Future<?> answer) {
    try {
      answer.get(60, TimeUnit.SECONDS);
      throw new AssertionError("succeeded (expected: a failure)");
    } catch (java.util.concurrent.ExecutionException e) {
      return java.util.Objects.requireNonNull(e.getCause(), "cause");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void oneOfFiftyThatThrows_takesNobodyWithIt() throws Exception {
    List<Store.Work<Long, Exception>> works = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      boolean bad = i == 20;
      works.add(transaction -> {
        long number = append(transaction);
        if (bad) {
          throw new IOException("refused");
        }
        return number;
      });
    }
    List<Future<Long>> answers = queueBehind(new Held(), works);
    List<Long> numbers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      if (i == 20) {
        assertThat(failureOf(answers.get(i))).isInstanceOf(IOException.class).hasMessage("refused");
      } else {
        numbers.add(get(answers.get(i)));
      }
    }
    assertThat(numbers).hasSize(49).first().isEqualTo(1L);
    assertThat(numbers.getLast()).isEqualTo(49L);
    assertThat(stored()).isEqualTo(49);
    assertThat(commits).extracting(CommitListener.Commit::writes).containsExactly(1, 50);
  }

  @Test
  void oneOfFiftyThatViolatesAConstraint_takesNobodyWithIt_evenIfItSwallowsTheFailure()
      throws Exception {
    var person = samples.person();
    List<Store.Work<Long, Exception>> works = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      boolean first = i == 10;
      boolean again = i == 30;
      works.add(transaction -> {
        if (first || again) {
          try {
            transaction.owners().insert(person);
          } catch (StoreException swallowed) {
            assertThat(swallowed.outcome()).isEqualTo(Outcome.NOTHING_WRITTEN);
          }
        }
        return again ? 0L : append(transaction);
      });
    }
    List<Future<Long>> answers = queueBehind(new Held(), works);
    for (int i = 0; i < 50; i++) {
      if (i == 30) {
        assertThat(failureOf(answers.get(i)))
            .isInstanceOf(StoreException.class)
            .hasMessageContaining("constraint failed");
      } else {
        assertThat(get(answers.get(i))).isPositive();
      }
    }
    assertThat(stored()).isEqualTo(49);
  }

  @Test
  void workAfterAFailedStatement_isRefused() {
    var person = samples.person();
    writer.write(transaction -> {
      transaction.owners().insert(person);
      return true;
    });
    assertThatThrownBy(() ->
            writer.write(transaction -> {
              append(transaction);
              assertThatThrownBy(() -> transaction.owners().insert(person))
                  .isInstanceOf(StoreException.class);
              return append(transaction);
            }))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("the transaction failed before");
    assertThat(stored()).isZero();
  }

  @Test
  void refusalBeforeAnyChange_makesNobodyRunAgain() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    List<Store.Work<Long, Exception>> works = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      boolean refused = i == 5;
      works.add(transaction -> {
        runs.incrementAndGet();
        if (refused) {
          throw new IOException("refused");
        }
        return append(transaction);
      });
    }
    List<Future<Long>> answers = queueBehind(new Held(), works);
    assertThat(failureOf(answers.get(5))).isInstanceOf(IOException.class);
    assertThat(get(answers.get(9))).isEqualTo(9);
    assertThat(runs).hasValue(10);
  }

  @Test
  void whenTheDatabaseEndsTheTransaction_theOthersRunAgain_once() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    List<String> published = new CopyOnWriteArrayList<>();
    List<Store.Work<Long, Exception>> works = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      String name = "w" + i;
      boolean bad = i == 5;
      works.add(transaction -> {
        runs.incrementAndGet();
        long number = append(transaction);
        if (bad) {
          // The savepoint goes with the transaction, as after an error that rolls back by itself.
          jdbc.failNext("ROLLBACK TO SAVEPOINT work", 1, false);
          throw new IOException("full");
        }
        transaction.afterCommit(() -> published.add(name));
        return number;
      });
    }
    List<Future<Long>> answers = queueBehind(new Held(), works);
    List<Long> numbers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      if (i == 5) {
        assertThat(failureOf(answers.get(i))).isInstanceOf(IOException.class);
      } else {
        numbers.add(get(answers.get(i)));
      }
    }
    assertThat(numbers).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    assertThat(stored()).isEqualTo(9);
    // Six without savepoints, six with, and the nine others alone.
    assertThat(runs).hasValue(21);
    assertThat(published).containsExactly("w0", "w1", "w2", "w3", "w4", "w6", "w7", "w8", "w9");
  }

  @Test
  void commitThatFailsForCertain_answersNobodyWell_andTheNextGoesOn() throws Exception {
    List<String> published = new CopyOnWriteArrayList<>();
    List<Store.Work<Long, Exception>> works = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      works.add(transaction -> {
        transaction.afterCommit(() -> published.add("never"));
        return append(transaction);
      });
    }
    // Even a refusal: it may rest on what was not written.
    works.add(transaction -> {
      throw new IOException("refused because of the others");
    });
    jdbc.passNext("COMMIT");
    jdbc.failNext("COMMIT", FailingJdbc.FULL, false);
    List<Future<Long>> answers = queueBehind(new Held(), works);
    for (Future<Long> answer : answers) {
      assertThat(failureOf(answer))
          .isInstanceOfSatisfying(
              StoreException.class,
              failure -> assertThat(failure.outcome()).isEqualTo(Outcome.NOTHING_WRITTEN));
    }
    assertThat(stored()).isZero();
    assertThat(published).isEmpty();
    assertThat(fatal).isEmpty();
    long after = writer.write(this::append);
    assertThat(after).isEqualTo(1);
  }

  @Test
  void failedFsync_isUnknown_stopsEverything_andSaysSoOnce() throws Exception {
    assertThat((long) writer.write(this::append)).isEqualTo(1);
    // The commit happens, and its fsync fails: as bad as it gets.
    jdbc.failNext("COMMIT", FailingJdbc.FSYNC, true);
    AtomicInteger published = new AtomicInteger();
    assertThatThrownBy(() ->
            writer.write(transaction -> {
              transaction.afterCommit(published::incrementAndGet);
              return append(transaction);
            }))
        .isInstanceOfSatisfying(
            StoreException.class,
            failure -> assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN));
    assertThatThrownBy(writer::requireOpen).isInstanceOf(StoreException.class);
    awaitThat(() -> !fatal.isEmpty());
    writer.close();
    assertThat(fatal).hasSize(1);
    assertThat(published).hasValue(0);
    assertThatThrownBy(() -> writer.write(this::append))
        .isInstanceOfSatisfying(
            StoreException.class,
            failure -> assertThat(failure.outcome()).isEqualTo(Outcome.NOTHING_WRITTEN))
        .hasMessageContaining("the database stopped");
  }

  @Test
  void failedFsyncOfTheFile_afterTheAnswers_stopsEverything() throws Exception {
    Tidy upkeep = new Tidy();
    try (GroupCommit tidy = GroupCommit.start(settings(), upkeep)) {
      jdbc.failNext(SqliteWriter.CHECKPOINT, FailingJdbc.FULL, false);
      assertThat((long) tidy.write(this::append)).isEqualTo(1);
      awaitThat(() -> upkeep.begun.get() == 1);
      jdbc.failNext(SqliteWriter.CHECKPOINT, FailingJdbc.FSYNC, false);
      assertThat((long) tidy.write(this::append)).isEqualTo(2);
      awaitThat(() -> !fatal.isEmpty());
      assertThatThrownBy(() -> tidy.write(this::append)).isInstanceOf(StoreException.class);
    }
  }

  @Test
  void failedBegin_writesNothing_andTheNextGoesOn() {
    jdbc.failNext("BEGIN IMMEDIATE", 5, false);
    assertThatThrownBy(() -> writer.write(this::append))
        .isInstanceOfSatisfying(
            StoreException.class,
            failure -> assertThat(failure.outcome()).isEqualTo(Outcome.NOTHING_WRITTEN));
    assertThat((long) writer.write(this::append)).isEqualTo(1);
    assertThat(fatal).isEmpty();
  }

  @Test
  void afterCommit_runsInOrder_beforeTheWriteReturns_andOnlyIfItWasKept() throws Exception {
    List<String> published = new CopyOnWriteArrayList<>();
    List<Store.Work<Long, Exception>> works = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      int me = i;
      works.add(transaction -> {
        transaction.afterCommit(() -> published.add(me + "a"));
        transaction.afterCommit(() -> {
          published.add(me + "b");
          throw new IllegalStateException("promised not to");
        });
        if (me == 3) {
          throw new IOException("refused");
        }
        return append(transaction);
      });
    }
    List<Future<Long>> answers = queueBehind(new Held(), works);
    get(answers.getLast());
    assertThat(published)
        .containsExactly("0a", "0b", "1a", "1b", "2a", "2b", "4a", "4b", "5a", "5b");
  }

  @Test
  void afterCommit_seesTheWriteFromOutside() {
    AtomicInteger seen = new AtomicInteger(-1);
    try (Readers readers =
        new Readers(
            settings(), () -> session(new SqliteFile(file, Duration.ofSeconds(5)).openReader()))) {
      writer.write(transaction -> {
        transaction.afterCommit(
            () -> seen.set((int) (long) readers.read(view -> view.events().last())));
        return append(transaction);
      });
    }
    assertThat(seen).hasValue(1);
  }

  @Test
  void errorsOfTheWork_reachTheCaller() {
    assertThatThrownBy(() ->
            writer.write(transaction -> {
              append(transaction);
              throw new StackOverflowError("deep");
            }))
        .isInstanceOf(StackOverflowError.class);
    assertThat((long) writer.write(this::append)).isEqualTo(1);
  }

  @Test
  void interruptedWhileQueued_nothingIsWritten() throws Exception {
    Held held = new Held();
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    Thread caller =
        Thread.ofVirtual()
            .start(() -> {
              try {
                long number = writer.write(this::append);
                failure.complete(new AssertionError("written as " + number));
              } catch (StoreException e) {
                failure.complete(
                    Thread.currentThread().isInterrupted()
                        ? e
                        : new AssertionError("not interrupted"));
              }
            });
    awaitQueued(1);
    caller.interrupt();
    assertThat(failure.get(60, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.NOTHING_WRITTEN));
    held.release();
    assertThat((long) writer.write(this::append)).isEqualTo(1);
  }

  @Test
  void interruptedWhileRunning_theOutcomeIsStillTold() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Thread caller =
        Thread.ofVirtual()
            .start(() -> {
              try {
                long number =
                    writer.<Long, InterruptedException>write(transaction -> {
                      inside.countDown();
                      boolean released = release.await(60, TimeUnit.SECONDS);
                      return released ? append(transaction) : -1;
                    });
                interrupted.complete(number == 1 && Thread.currentThread().isInterrupted());
              } catch (InterruptedException | RuntimeException e) {
                interrupted.completeExceptionally(e);
              }
            });
    assertThat(inside.await(60, TimeUnit.SECONDS)).isTrue();
    caller.interrupt();
    release.countDown();
    assertThat(interrupted.get(60, TimeUnit.SECONDS)).isTrue();
    assertThat(stored()).isEqualTo(1);
  }

  @Test
  void workThatLeavesAnInterruptBehind_doesNotStopTheWriter() {
    writer.write(transaction -> {
      Thread.currentThread().interrupt();
      return true;
    });
    assertThat((long) writer.write(this::append)).isEqualTo(1);
  }

  @Test
  void fullQueue_makesCallersWait_thenRefuses() throws Exception {
    writer.close();
    writer = start(new StoreSettings(1, 4, 2, Duration.ofMillis(300), commits::add, fatal::add));
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch inside = new CountDownLatch(1);
    Future<Boolean> first =
        callers.submit(() ->
            writer.write(transaction -> {
              inside.countDown();
              return release.await(60, TimeUnit.SECONDS);
            }));
    assertThat(inside.await(60, TimeUnit.SECONDS)).isTrue();
    List<Future<Long>> queued = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      queued.add(callers.submit(() -> writer.write(this::append)));
    }
    for (Future<Long> answer : queued) {
      assertThat(failureOf(answer))
          .isInstanceOfSatisfying(
              StoreException.class,
              e -> assertThat(e.outcome()).isEqualTo(Outcome.NOTHING_WRITTEN));
    }
    // The first one has begun: nobody can say.
    assertThat(failureOf(first))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN));
    release.countDown();
    // With a patience that a slow disk does not try.
    writer.close();
    writer = start(settings());
    assertThat((long) writer.write(this::append)).isEqualTo(1);
  }

  @Test
  void close_finishesWhatIsQueued_andRefusesTheRest() throws Exception {
    Held held = new Held();
    List<Future<Long>> answers = new ArrayList<>();
    for (int i = 0; i < 70; i++) {
      answers.add(callers.submit(() -> writer.write(this::append)));
    }
    awaitQueued(70);
    Future<?> closing = callers.submit(writer::close);
    held.release();
    for (Future<Long> answer : answers) {
      assertThat(get(answer)).isPositive();
    }
    closing.get(60, TimeUnit.SECONDS);
    assertThat(stored()).isEqualTo(70);
    assertThatThrownBy(() -> writer.write(this::append))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void callsFromInside_areRefused_notHeldForEver() {
    assertThatThrownBy(() -> store.write(transaction -> store.write(this::append)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> store.write(transaction -> store.read(view -> view.events().last())))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> store.read(view -> store.read(inner -> inner.events().last())))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatIsKeptBeyondItsTransaction_isRefused() {
    List<Transaction> kept = new ArrayList<>();
    writer.write(kept::add);
    assertThatThrownBy(() -> kept.getFirst().events().last())
        .isInstanceOf(IllegalStateException.class);
    var events = store.read(view -> view.events());
    assertThatThrownBy(events::last).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void manyCallers_shareCommits() throws Exception {
    int writes = 2000;
    List<Future<Long>> answers = new ArrayList<>();
    Samples own = new Samples(3);
    List<dev.credence.server.core.model.NewEvent> events = new ArrayList<>();
    for (int i = 0; i < writes; i++) {
      events.add(own.event(EventKind.SVID_ISSUED));
    }
    for (var event : events) {
      answers.add(
          callers.submit(
              () -> writer.write(transaction -> transaction.events().append(event, NOW).number())));
    }
    List<Long> numbers = new ArrayList<>();
    for (Future<Long> answer : answers) {
      numbers.add(get(answer));
    }
    assertThat(numbers).doesNotHaveDuplicates().hasSize(writes);
    assertThat(stored()).isEqualTo(writes);
    assertThat(commits).hasSizeLessThan(writes / 2);
    assertThat(commits).allMatch(commit -> commit.writes() <= 64);
  }
}
