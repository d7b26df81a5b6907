package dev.credence.attestors.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.platform.linux.FileCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Security;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A store of root reads what a caller named with the caller's rights")
class CallersRightsTest {
  private static final int CALLER = 4_100_001;
  private static final int OTHER = 4_100_002;
  private static final int GROUP = 4_100_003;
  private static final FileCredentials WHO = new FileCredentials(CALLER, CALLER, List.of(GROUP));
  private static final String SECRET = "the secret of root";

  @TempDir private Path folder;
  private Path code;
  private CodeStore store;

  @BeforeEach
  void make() throws IOException {
    assumeTrue(
        FileCredentials.own().uid() == 0, "only root can read with the rights of another user");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    code = Files.createDirectory(folder.resolve("code"));
    own(code, CALLER, CALLER, "rwx------");
    store =
        CodeStore.open(
            folder.resolve("store"),
            Security.getProvider("SUN"),
            // As if the files had been there for long: what can be remembered is.
            Clock.offset(Clock.systemUTC(), Duration.ofMinutes(1)),
            CodeLimits.usual(),
            StoreLimits.usual());
  }

  @AfterEach
  void close() {
    if (store != null) {
      store.close();
    }
  }

  private static Path own(Path path, int uid, int gid, String mode) throws IOException {
    Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    return path;
  }

  private Path write(Path file, String content, int uid, int gid, String mode) throws IOException {
    return own(Files.writeString(file, content), uid, gid, mode);
  }

  private StoredCode admit(Path place) throws CodeRefusedException {
    return store.admit(CodeRequest.of(place), WHO);
  }

  private void refused(Path place, String name) {
    assertThatThrownBy(() -> admit(place))
        .isInstanceOf(CodeRefusedException.class)
        .hasMessageContaining(name)
        .hasMessageContaining("may not be read by who asks for it");
  }

  @Test
  @DisplayName(
      "what the caller may read is copied, by owner, group and others; the copy belongs to root")
  void own() throws Exception {
    write(code.resolve("mine"), "1", CALLER, CALLER, "r--------");
    write(code.resolve("groups"), "2", OTHER, GROUP, "---r-----");
    write(code.resolve("all"), "3", OTHER, OTHER, "------r--");
    try (StoredCode stored = admit(code)) {
      assertThat(stored.code().files()).isEqualTo(3);
      assertThat(stored.path().resolve("groups")).hasContent("2");
      for (String name : List.of("", "mine", "groups")) {
        Path copy = stored.path().resolve(name);
        assertThat(Files.getAttribute(copy, "unix:uid")).isEqualTo(0);
        assertThat(Files.getAttribute(copy, "unix:gid")).isEqualTo(0);
      }
    }
  }

  @Test
  @DisplayName(
      "a file of root, and one of another user, in the caller's folder: refused with its path")
  void roots() throws Exception {
    write(code.resolve("agent.py"), SECRET, 0, 0, "rw-------");
    refused(code, "\"agent.py\"");
    own(code.resolve("agent.py"), OTHER, OTHER, "rw-rw----");
    refused(code, "\"agent.py\"");
    // The caller's own bits count before the group's.
    own(code.resolve("agent.py"), CALLER, GROUP, "---r--r--");
    refused(code, "\"agent.py\"");
  }

  @Test
  @DisplayName(
      "it stays refused when root itself had it read before: what is remembered gives no rights")
  void remembered() throws Exception {
    write(code.resolve("agent.py"), SECRET, 0, 0, "rw-------");
    store.admit(CodeRequest.of(code), FileCredentials.own()).close();
    refused(code, "\"agent.py\"");
  }

  @Test
  @DisplayName("a folder of another user, as the place, above it, and inside")
  void folders() throws Exception {
    Path others = own(Files.createDirectory(folder.resolve("others")), OTHER, OTHER, "rwx------");
    Path inner = Files.createDirectory(others.resolve("inner"));
    write(inner.resolve("a.py"), "1", OTHER, OTHER, "rw-r--r--");
    refused(others, "others");
    refused(inner, "inner");
    refused(inner.resolve("a.py"), "a.py");
    Path below = own(Files.createDirectory(code.resolve("below")), OTHER, OTHER, "rwx------");
    write(below.resolve("a.py"), "1", OTHER, OTHER, "rw-r--r--");
    refused(code, "\"below\"");
    // May be entered, not listed.
    own(below, OTHER, OTHER, "rwx--x--x");
    refused(code, "\"below\"");
  }

  @Test
  @DisplayName("the caller's link to what it may not read: refused as the place, and inside")
  void links() throws Exception {
    Path shadow = write(folder.resolve("shadow"), SECRET, 0, 0, "rw-------");
    Path link = Files.createSymbolicLink(code.resolve("link"), shadow);
    refused(link, "link");
    refused(Path.of("/etc/shadow"), "/etc/shadow");
    assertThatThrownBy(() -> admit(code)).hasMessageContaining("\"link\" is a symbolic link to");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/proc/self/environ",
        "/proc/self/cwd",
        "/proc/self/root/etc/shadow",
        "/proc/self/fd",
        "/proc/thread-self/maps",
        "/sys/kernel",
        "/dev/null",
        "/dev/zero"
      })
  @DisplayName(
      "the node's own process is nothing that a caller sees through /proc; no device either")
  void proc(String place) {
    assertThatThrownBy(() -> admit(Path.of(place)))
        .isInstanceOf(CodeRefusedException.class)
        .message()
        .containsAnyOf(
            "file system of type", "changed while it was read", "may not be read", "is a device");
  }

  @Test
  @DisplayName("renaming files while they are read: never a byte of what the caller may not read")
  void race() throws Exception {
    Path secrets = own(Files.createDirectory(folder.resolve("secrets")), 0, 0, "rwx------");
    write(secrets.resolve("agent.py"), SECRET, 0, 0, "rw-------");
    Path good = Files.createDirectory(code.resolve("good"));
    own(good, CALLER, CALLER, "rwx------");
    write(good.resolve("agent.py"), "mine", CALLER, CALLER, "rw-------");
    Path link = Files.createSymbolicLink(code.resolve("evil"), secrets);
    var stop = new AtomicBoolean();
    var swapping =
        Thread.ofPlatform()
            .start(() -> {
              while (!stop.get()) {
                swap(good, link, code.resolve("spare"));
              }
            });
    int admitted = 0;
    try {
      for (int i = 0; i < 150; i++) {
        try (StoredCode stored = admit(good)) {
          assertThat(stored.path().resolve("agent.py")).hasContent("mine");
          admitted++;
        } catch (CodeRefusedException e) {
          assertThat(e.getMessage()).doesNotContain(SECRET);
        }
      }
    } finally {
      stop.set(true);
      swapping.join();
    }
    assertThat(admitted).as("read at all").isPositive();
  }

  private static void swap(Path one, Path two, Path spare) {
    try {
      Files.move(one, spare, StandardCopyOption.ATOMIC_MOVE);
      Files.move(two, one, StandardCopyOption.ATOMIC_MOVE);
      Files.move(one, two, StandardCopyOption.ATOMIC_MOVE);
      Files.move(spare, one, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
