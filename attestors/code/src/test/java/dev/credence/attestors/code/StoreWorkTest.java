package dev.credence.attestors.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.platform.linux.FileCredentials;
import dev.credence.platform.linux.MountTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Work on the store of copies")
class StoreWorkTest {
  private static final Provider SHA_256 = Security.getProvider("SUN");
  private static final CodeLimits LIMITS =
      new CodeLimits(20, 10_000, 5_000, 8, 200, Duration.ofSeconds(20));

  @TempDir private Path folder;

  /// Has its turns, but for one.
  private static CodeReading.Waiter withoutTurn(int refused) {
    var turns = new AtomicInteger();
    return new CodeReading.Waiter() {
      @Override
      public boolean isOver() {
        return false;
      }

      @Override
      public CodeReading.Turn turn() throws CodeRefusedException {
        if (turns.incrementAndGet() == refused) {
          throw CodeRefusedException.notNow("no turn", new TimeoutException());
        }
        return () -> {};
      }
    };
  }

  private StoreWork work(MountTable mounts, DigestMemory memory, Clock clock) throws IOException {
    return new StoreWork(
        StoreFolder.open(folder.resolve("store")),
        new Shelf(StoreLimits.usual(), clock),
        CodeReading.local(SHA_256, LIMITS, memory, mounts),
        CodeReading.ofCopies(SHA_256, LIMITS, memory, mounts),
        FileCredentials.own().uid());
  }

  @Test
  @DisplayName(
      "a copy that was moved away, or exchanged for an equal one, is not what was given out")
  void moved() throws Exception {
    Path code = Files.createDirectory(folder.resolve("code"));
    Files.writeString(code.resolve("agent.py"), "1");
    try (MountTable mounts = MountTable.own()) {
      StoreWork work = work(mounts, new DigestMemory(100, Clock.systemUTC()), Clock.systemUTC());
      try (StoredCode stored =
          work.admit(CodeRequest.of(code), FileCredentials.own(), () -> false)) {
        assertThat(stored.isIntact()).isTrue();
        Path away = stored.path().resolveSibling("x");
        Files.move(stored.path(), away);
        assertThat(stored.isIntact()).as("moved away").isFalse();
        Files.createDirectory(stored.path());
        Files.copy(away.resolve("agent.py"), stored.path().resolve("agent.py"));
        assertThat(stored.isIntact()).as("an equal one in its place").isFalse();
        remove(stored.path());
        Files.move(away, stored.path());
        assertThat(stored.isIntact()).as("back again, and unchanged").isTrue();
        Files.delete(stored.path().resolve("agent.py"));
        Files.createDirectory(stored.path().resolve("agent.py"));
        assertThat(stored.isIntact()).as("a folder in place of a file").isFalse();
        Files.delete(stored.path().resolve("agent.py"));
      }
    }
  }

  private static void remove(Path folder) throws IOException {
    Files.delete(folder.resolve("agent.py"));
    Files.delete(folder);
  }

  @Test
  @DisplayName("a copy that cannot be checked counts as changed after three looks in a row")
  void neverChecked() {
    var busy = new AtomicBoolean(true);
    var check =
        new CopyCheck(
            "copy",
            () -> {
              if (busy.get()) {
                throw CodeRefusedException.notNow("no memory", new TimeoutException());
              }
              return true;
            });
    for (int i = 0; i < CopyCheck.MOST_UNCHECKED; i++) {
      assertThat(check.getAsBoolean()).isTrue();
    }
    assertThat(check.getAsBoolean()).isFalse();
    busy.set(false);
    assertThat(check.getAsBoolean()).isTrue();
    busy.set(true);
    assertThat(check.getAsBoolean()).as("counted anew").isTrue();
  }

  @Test
  @DisplayName("a copy for whose check there is no time is neither used nor given up")
  void unchecked() throws Exception {
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(30));
    Path code = Files.createDirectory(folder.resolve("code"));
    Files.writeString(code.resolve("agent.py"), "1");
    var request = CodeRequest.of(code);
    FileCredentials reader = FileCredentials.own();
    var memory = new DigestMemory(100, later);
    try (MountTable mounts = MountTable.own()) {
      StoreWork work = work(mounts, memory, later);
      Path path;
      try (StoredCode stored = work.admit(request, reader, () -> false)) {
        path = stored.path();
      }
      assertThatThrownBy(() -> work.admit(request, reader, withoutTurn(2)))
          .isInstanceOf(CodeRefusedException.class)
          .hasMessageContaining("no turn");
      try (StoredCode stored = work.admit(request, reader, () -> false)) {
        assertThat(stored.path()).isEqualTo(path);
      }
    }
  }
}
