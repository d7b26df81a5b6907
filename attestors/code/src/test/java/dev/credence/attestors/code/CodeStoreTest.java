package dev.credence.attestors.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.certs.CodeAssurance;
import dev.credence.platform.linux.FileCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Provider;
import java.security.Security;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The store of copies")
class CodeStoreTest {
  private static final Provider SHA_256 = Security.getProvider("SUN");
  private static final CodeLimits LIMITS =
      new CodeLimits(20, 10_000, 5_000, 8, 200, Duration.ofSeconds(20));

  @TempDir private Path folder;
  private Path code;
  private Path kept;
  private CodeStore store;

  @BeforeEach
  void make() throws IOException {
    code = Files.createDirectory(folder.resolve("code"));
    kept = folder.resolve("store");
    store = open(StoreLimits.usual());
  }

  @AfterEach
  void close() {
    store.close();
  }

  private CodeStore open(StoreLimits keep) throws IOException {
    return open(keep, Clock.systemUTC());
  }

  private CodeStore open(StoreLimits keep, Clock clock) throws IOException {
    return CodeStore.open(kept, SHA_256, clock, LIMITS, keep);
  }

  private StoredCode admit() throws Exception {
    return admit(CodeRequest.of(code));
  }

  private StoredCode admit(CodeRequest request) throws Exception {
    return store.admit(request, FileCredentials.own());
  }

  private Path write(String name, String content) throws IOException {
    Path file = code.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  /// As the system clock, later.
  private static Clock later(Duration by) {
    return Clock.offset(Clock.systemUTC(), by);
  }

  private List<String> copies() throws IOException {
    try (Stream<Path> names = Files.list(kept)) {
      return names.map(name -> name.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  @DisplayName(
      "a copy has what was measured, cannot be written to, and has the digest of the original")
  void copy() throws Exception {
    write("agent.py", "import lib.tool\n").toFile().setExecutable(true);
    write("lib/tool.py", "x = 1\n");
    Files.createSymbolicLink(code.resolve("lib/again.py"), Path.of("tool.py"));
    var request = new CodeRequest(code.toString(), Optional.of("agent.py"), Optional.empty());
    var meter = new CodeMeter(SHA_256, LIMITS);
    try (StoredCode stored = admit(request)) {
      assertThat(stored.code()).isEqualTo(meter.measure(request));
      Path copy = stored.path();
      assertThat(copy.resolve("lib/tool.py")).hasContent("x = 1\n");
      assertThat(Files.readSymbolicLink(copy.resolve("lib/again.py"))).hasToString("tool.py");
      assertThat(mode(copy.resolve("agent.py"))).isEqualTo("r-xr-xr-x");
      assertThat(mode(copy.resolve("lib/tool.py"))).isEqualTo("r--r--r--");
      assertThat(mode(copy.resolve("lib"))).isEqualTo("r-xr-xr-x");
      assertThat(mode(kept)).isEqualTo("rwx------");
      assertThat(Files.getLastModifiedTime(copy.resolve("lib/tool.py")))
          .isEqualTo(FileTime.from(Instant.parse("1980-01-01T00:00:00Z")));
      assertThat(meter.measure(CodeRequest.of(copy)).tree()).isEqualTo(stored.code().tree());
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  @DisplayName("changing the original afterwards changes no copy; it is other code from then on")
  void original() throws Exception {
    write("agent.py", "1");
    try (StoredCode before = admit()) {
      write("agent.py", "2");
      try (StoredCode after = admit()) {
        assertThat(after.code().tree()).isNotEqualTo(before.code().tree());
        assertThat(before.path().resolve("agent.py")).hasContent("1");
        assertThat(after.path().resolve("agent.py")).hasContent("2");
      }
    }
  }

  @Test
  @DisplayName("the same code is kept once, whoever asks and however often")
  void once() throws Exception {
    write("agent.py", "1");
    try (StoredCode one = admit();
        StoredCode two = admit()) {
      assertThat(two.path()).isEqualTo(one.path());
      assertThat(copies()).hasSize(1);
    }
  }

  @Test
  @DisplayName("a file that was settled is not read again; what runs is the copy all the same")
  void remembered() throws Exception {
    Path file = write("agent.py", "1");
    store.close();
    store = open(StoreLimits.usual(), later(Duration.ofSeconds(30)));
    try (StoredCode before = admit()) {
      long inode = (Long) Files.getAttribute(file, "unix:ino");
      try (StoredCode again = admit()) {
        assertThat(again.path()).isEqualTo(before.path());
        assertThat((Long) Files.getAttribute(file, "unix:ino")).isEqualTo(inode);
      }
      assertThat(copies()).hasSize(1);
    }
  }

  @Test
  @DisplayName("what was left half done is removed at the start")
  void leftovers() throws Exception {
    write("agent.py", "1");
    admit().close();
    Path half = Files.createDirectories(kept.resolve("new-77/tree/a"));
    Files.writeString(half.resolve("b"), "b");
    Files.setPosixFilePermissions(half, PosixFilePermissions.fromString("r-xr-xr-x"));
    Files.writeString(kept.resolve("other"), "b");
    store.close();
    store = open(StoreLimits.usual());
    assertThat(copies()).hasSize(1).allMatch(name -> name.matches("[0-9a-f]{64}\\.1\\.0"));
  }

  @Test
  @DisplayName("a copy that was changed on the disk is not used, neither after a start nor before")
  void tampered() throws Exception {
    write("agent.py", "1");
    Path path;
    try (StoredCode stored = admit()) {
      path = stored.path();
    }
    store.close();
    change(path.resolve("agent.py"), "2");
    store = open(StoreLimits.usual(), later(Duration.ofSeconds(30)));
    try (StoredCode stored = admit()) {
      assertThat(stored.path().resolve("agent.py")).hasContent("1");
      path = stored.path();
    }
    change(path.resolve("agent.py"), "3");
    try (StoredCode stored = admit()) {
      assertThat(stored.path().resolve("agent.py")).hasContent("1");
      path = stored.path();
    }
    // A compiled module beside it would be run, and be ignored in an original.
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectory(path.resolve("__pycache__"));
    Files.writeString(path.resolve("__pycache__/agent.pyc"), "evil");
    try (StoredCode stored = admit()) {
      assertThat(stored.path().resolve("__pycache__")).doesNotExist();
    }
  }

  @Test
  @DisplayName("a copy in use that was changed says so: a byte, or a file more")
  void intact() throws Exception {
    write("agent.py", "1");
    try (StoredCode stored = admit()) {
      assertThat(stored.isIntact()).isTrue();
      change(stored.path().resolve("agent.py"), "2");
      assertThat(stored.isIntact()).isFalse();
      change(stored.path().resolve("agent.py"), "1");
      assertThat(stored.isIntact()).isTrue();
      Files.setPosixFilePermissions(stored.path(), PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.writeString(stored.path().resolve("more.py"), "3");
      assertThat(stored.isIntact()).isFalse();
    }
  }

  private static void change(Path file, String content) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Files.writeString(file, content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("1980-01-01T00:00:00Z")));
  }

  @Test
  @DisplayName(
      "copies in use are never given up; unused ones go when there is too much, or too long")
  void collected() throws Exception {
    store.close();
    var keep = new StoreLimits(250, 10_000, Duration.ofDays(1), 2, 2, 100);
    store = open(keep);
    write("agent.py", "1".repeat(100));
    StoredCode one = admit();
    write("agent.py", "2".repeat(100));
    StoredCode two = admit();
    write("agent.py", "3".repeat(100));
    assertThatThrownBy(this::admit)
        .isInstanceOf(CodeRefusedException.class)
        .hasMessageContaining("200 bytes of code in use")
        .hasMessageContaining("at most 250");
    assertThat(copies()).hasSize(2);
    one.close();
    one.close();
    StoredCode three = admit();
    assertThat(one.path()).doesNotExist();
    assertThat(two.path()).exists();
    assertThat(store.bytes()).isEqualTo(200);
    two.close();
    three.close();
    store.close();
    store = open(keep, Clock.fixed(Instant.now().plus(Duration.ofDays(2)), ZoneOffset.UTC));
    assertThat(copies()).isEmpty();
  }

  @Test
  @DisplayName("one user's code in use is bounded")
  void share() throws Exception {
    store.close();
    store = open(new StoreLimits(10_000, 150, Duration.ofDays(1), 2, 2, 100));
    write("agent.py", "1".repeat(100));
    try (StoredCode one = admit()) {
      write("agent.py", "2".repeat(100));
      assertThatThrownBy(this::admit).hasMessageContaining("uid 0 has 100 bytes");
      assertThat(copies()).hasSize(1);
      assertThat(one.path()).exists();
      write("agent.py", "1".repeat(100));
      try (StoredCode again = admit()) {
        assertThat(again.path()).as("in use twice, counted once").isEqualTo(one.path());
      }
      write("agent.py", "2".repeat(100));
    }
    admit().close();
  }

  @Test
  @DisplayName("a single file is a tree of that file, and its own entry")
  void single() throws Exception {
    Path file = write("tool", "ELF");
    try (StoredCode stored = admit(CodeRequest.of(file))) {
      assertThat(stored.path().resolve("tool")).hasContent("ELF");
      assertThat(stored.code().files()).isEqualTo(1);
      assertThat(stored.code().entry()).map(MeasuredFile::path).contains("tool");
      assertThat(stored.assurance(4_100_001)).isEqualTo(CodeAssurance.LAUNCHER);
      assertThat(stored.assurance(FileCredentials.own().uid())).isEqualTo(CodeAssurance.FILE);
    }
  }
}
