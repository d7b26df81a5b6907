package dev.credence.attestors.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.platform.linux.FileCredentials;
import dev.credence.platform.linux.MountTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
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
      var work =
          new StoreWork(
              StoreFolder.open(folder.resolve("store")),
              new Shelf(StoreLimits.usual(), later),
              CodeReading.local(SHA_256, LIMITS, memory, mounts),
              CodeReading.ofCopies(SHA_256, LIMITS, memory),
              reader.uid());
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
