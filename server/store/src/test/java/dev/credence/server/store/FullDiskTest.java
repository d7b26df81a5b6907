package dev.credence.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.server.core.model.Event;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.port.Store;
import dev.credence.server.core.port.StoreException;
import dev.credence.server.core.port.StoreException.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// No room: writes are refused for certain, what was acknowledged stays, and it goes on once there
/// is room.
class FullDiskTest {
  private static final Instant NOW = Instant.parse("2026-02-02T02:02:02Z");

  private final Samples samples = new Samples(5);
  private final List<StoreException> fatal = new CopyOnWriteArrayList<>();

  @Test
  void fullFileSystem_refuses_andRecovers(@TempDir Path folder) throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=6m", "credence-test", disk.toString()),
        "cannot mount a tmpfs here");
    try {
      Path ballast = disk.resolve("ballast");
      Files.write(ballast, new byte[4 << 20]);
      Path file = disk.resolve("credence.db");
      int written;
      try (SqliteStore store = SqliteStore.open(file, StoreSettings.defaults(fatal::add))) {
        written = fill(store);
        Files.delete(ballast);
        assertThat(append(store)).isEqualTo(written + 1);
      }
      assertThat(fatal).isEmpty();
      try (SqliteStore store = SqliteStore.open(file, StoreSettings.defaults(fatal::add))) {
        assertThat(CrashTest.events(store))
            .extracting(Event::number)
            .last()
            .isEqualTo(written + 1L);
      }
    } finally {
      assertThat(run("umount", disk.toString())).isTrue();
    }
  }

  @Test
  void fileAtItsLimit_refuses_andGoesOnWithWhatFits(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("credence.db");
    SqliteStore.open(file, StoreSettings.defaults(fatal::add)).close();
    SqliteFile access = new SqliteFile(file, Duration.ofSeconds(5));
    try (GroupCommit writer =
        GroupCommit.start(StoreSettings.defaults(fatal::add), () -> limited(access.openWriter()))) {
      int written = 0;
      try {
        while (true) {
          append(writer);
          written++;
        }
      } catch (StoreException e) {
        assertThat(e.outcome()).isEqualTo(Outcome.NOTHING_WRITTEN);
        assertThat(e).hasMessageContaining("SQLITE_FULL");
      }
      assertThat(written).isGreaterThan(10);
      assertThatThrownBy(() -> append(writer)).isInstanceOf(StoreException.class);
      long last = writer.write(transaction -> transaction.events().last());
      assertThat(last).isEqualTo(written);
    }
    assertThat(fatal).isEmpty();
  }

  private static SqlSession limited(Connection connection) throws java.sql.SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA max_page_count = 100");
    }
    return SqlSession.on(new SqlConnection(connection));
  }

  private int fill(Store store) {
    List<Long> acknowledged = new ArrayList<>();
    int refused = 0;
    while (refused < 20) {
      try {
        acknowledged.add(append(store));
      } catch (StoreException e) {
        assertThat(e.outcome()).isEqualTo(Outcome.NOTHING_WRITTEN);
        refused++;
      }
    }
    long last = store.read(view -> view.events().last());
    assertThat(last).isEqualTo(acknowledged.size());
    return acknowledged.size();
  }

  private long append(Store store) {
    var event = samples.event(EventKind.REFUSED);
    return store.write(transaction -> transaction.events().append(event, NOW).number());
  }

  private long append(GroupCommit writer) {
    var event = samples.event(EventKind.REFUSED);
    return writer.write(transaction -> transaction.events().append(event, NOW).number());
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
  }
}
