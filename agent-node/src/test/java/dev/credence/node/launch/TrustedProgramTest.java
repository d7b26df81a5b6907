package dev.credence.node.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.platform.linux.FileCredentials;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("programs that nobody but root can change")
class TrustedProgramTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"sh", "/bin/sh"})
  @DisplayName("are found by name or path, and known by what the path leads to")
  void found(String given) throws Exception {
    var program = TrustedProgram.find(given);
    assertThat(program.path()).isEqualTo(Path.of("/bin/sh").toRealPath());
    assertThat(program.stat().isRegular()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no-such-program",
        ".",
        "..",
        "/",
        "/bin",
        "/etc/passwd",
        "/etc/no-such",
        "/bin/../bin/sh",
        "../bin/sh",
        "./sh",
        "/dev/null",
        "/etc/passwd/x",
        "sh\u001b[2J",
        "\ud800",
        "/\ud800",
      })
  @DisplayName("are neither folders nor files nor ways around")
  void refused(String given) {
    assertThatThrownBy(() -> TrustedProgram.find(given))
        .isInstanceOf(LaunchRefusedException.class)
        .hasMessageContaining("expected")
        .message()
        .matches("[\\x20-\\x7e]+");
  }

  @Test
  @DisplayName("are not in folders where others can put something else into their place")
  void othersFolder() throws Exception {
    Path program = Files.copy(Path.of("/bin/sh").toRealPath(), folder.resolve("python3"));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThatThrownBy(() -> TrustedProgram.find(program.toString()))
        .as("it is below a folder that everybody writes to, or that is not root's")
        .isInstanceOf(LaunchRefusedException.class);
  }

  @Test
  @DisplayName("are not reached by a link that somebody else can change")
  void othersLink() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("python3"), Path.of("/bin/sh"));
    assertThatThrownBy(() -> TrustedProgram.find(link.toString()))
        .isInstanceOf(LaunchRefusedException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwxr-x", "rwxr-xrwx", "rwxr-xr--", "rw-r--r--"})
  @DisplayName("are root's: not writable by group or others, and open to everybody")
  void modes(String mode) throws Exception {
    assumeTrue(FileCredentials.own().uid() == 0, "needs root, to put a file where only root can");
    Path place = Files.createTempDirectory(Path.of("/opt"), "credence-test-");
    try {
      Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
      Path program = Files.copy(Path.of("/bin/sh").toRealPath(), place.resolve("python3"));
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
      assertThat(TrustedProgram.find(program.toString()).path()).isEqualTo(program);
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString(mode));
      assertThatThrownBy(() -> TrustedProgram.find(program.toString()))
          .isInstanceOf(LaunchRefusedException.class);
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.setAttribute(program, "unix:uid", 65_534);
      assertThatThrownBy(() -> TrustedProgram.find(program.toString()))
          .isInstanceOf(LaunchRefusedException.class);
    } finally {
      Files.deleteIfExists(place.resolve("python3"));
      Files.delete(place);
    }
  }

  @Test
  @DisplayName("links in a circle are given up")
  void circle() throws Exception {
    assumeTrue(FileCredentials.own().uid() == 0, "needs root, to put a link where only root can");
    Path place = Files.createTempDirectory(Path.of("/opt"), "credence-test-");
    try {
      Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.createSymbolicLink(place.resolve("python3"), Path.of("python3"));
      assertThatThrownBy(() -> TrustedProgram.find(place.resolve("python3").toString()))
          .isInstanceOf(LaunchRefusedException.class);
    } finally {
      Files.deleteIfExists(place.resolve("python3"));
      Files.delete(place);
    }
  }
}
