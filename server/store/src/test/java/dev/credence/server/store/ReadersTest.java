package dev.credence.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.port.Owners;
import dev.credence.server.core.port.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a read sees, and what it cannot do.
class ReadersTest extends StoreTest {
  private static final int CALLERS = 20;
  private static final int WRITES_EACH = 20;

  private long append() {
    var event = samples.event(EventKind.REFUSED);
    var at = samples.time();
    return store.write(transaction -> transaction.events().append(event, at).number());
  }

  @Test
  void aRead_seesOneState_whateverIsWrittenMeanwhile() throws Exception {
    append();
    try (ExecutorService writer = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Long> seen =
          store.read(view -> {
            long before = view.events().last();
            long written = writer.submit(this::append).get(60, TimeUnit.SECONDS);
            return List.of(before, written, view.events().last());
          });
      assertThat(seen).containsExactly(1L, 2L, 1L);
    }
    thatNumber(view -> view.events().last()).isEqualTo(2L);
  }

  @Test
  void aReadAfterAWrite_seesIt_fromEveryThread() throws Exception {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> all = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        Samples own = new Samples(i);
        all.add(
            callers.submit(() -> {
              boolean seen = true;
              for (int n = 0; n < WRITES_EACH; n++) {
                var person = own.person();
                write(transaction -> transaction.owners().insert(person));
                seen &= read(view -> view.owners().person(person.id())).isPresent();
              }
              return seen;
            }));
      }
      for (Future<Boolean> one : all) {
        assertThat(one.get(60, TimeUnit.SECONDS)).isTrue();
      }
    }
  }

  @Test
  void aQueryThatThrows_throwsThat_andTheReaderGoesOn() {
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(() ->
              store.read(view -> {
                throw new IOException("no " + view.events().last());
              }))
          .isInstanceOf(IOException.class)
          .hasMessage("no 0");
    }
    thatNumber(view -> view.events().last()).isEqualTo(0L);
  }

  @Test
  void aReader_cannotWrite_evenIfAsked() {
    assertThatThrownBy(() ->
            store.read(view -> {
              ((Owners) view.owners()).insert(samples.person());
              return true;
            }))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("readonly");
  }

  @Test
  void whenAllReadersAreBusy_aReadGivesUp_inTime(@TempDir Path folder) throws Exception {
    var settings =
        new StoreSettings(1, 8, 8, Duration.ofMillis(200), CommitListener.none(), failure -> {});
    try (SqliteStore small = SqliteStore.open(folder.resolve("small.db"), settings);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Throwable failure =
          small.read(view -> {
            Future<Long> other = callers.submit(() -> small.read(inner -> inner.events().last()));
            try {
              return new AssertionError("read " + other.get(60, TimeUnit.SECONDS));
            } catch (java.util.concurrent.ExecutionException e) {
              return java.util.Objects.requireNonNull(e.getCause(), "cause");
            }
          });
      assertThat(failure)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("no reader is free");
    }
  }

  @Test
  void closed_refusesReads() {
    store.close();
    assertThatThrownBy(() -> read(view -> view.events().last()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void theLog_isMovedIntoTheFile_whileItRuns_andGoneAfterClosing(@TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("log.db");
    Path log = folder.resolve("log.db-wal");
    long largest = 0;
    try (SqliteStore other = SqliteStore.open(file, StoreSettings.defaults(failure -> {}))) {
      for (int i = 0; i < 2000; i++) {
        var event = samples.event(EventKind.REFUSED);
        var at = samples.time();
        other.write(transaction -> transaction.events().append(event, at));
        largest = Math.max(largest, Files.size(log));
      }
    }
    // 200 writes of up to 10 pages, and what came while it was moved.
    assertThat(largest).isLessThan(16L << 20);
    assertThat(log).doesNotExist();
  }
}
