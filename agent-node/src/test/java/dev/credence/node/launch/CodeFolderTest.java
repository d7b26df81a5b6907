package dev.credence.node.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.platform.linux.FileCredentials;
import dev.credence.platform.linux.OpenFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("the folder of the code")
class CodeFolderTest {
  @TempDir private Path temporary;
  private Path parent;
  private Path folder;

  @BeforeEach
  void make() throws IOException {
    parent = temporary.toRealPath();
    folder = Files.createDirectory(parent.resolve("code"));
  }

  private static CodeFolder of(Path path, Path... untouchable) throws Exception {
    return CodeFolder.of(OpenFile.folder(path.toString()), List.of(untouchable));
  }

  private static void refused(Path path, Path... untouchable) throws IOException {
    try (var file = OpenFile.folder(path.toString())) {
      assertThatThrownBy(() -> CodeFolder.of(file, List.of(untouchable)))
          .as(path.toString())
          .isInstanceOf(LaunchRefusedException.class)
          .hasMessageContaining("expected");
    }
  }

  @Test
  @DisplayName("is known by its canonical path, however it was opened")
  void canonical() throws Exception {
    Path link = Files.createSymbolicLink(temporary.resolve("link"), folder);
    assertThat(of(link).path()).isEqualTo(folder);
    assertThat(of(folder.resolve("../code/.")).path()).isEqualTo(folder);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/tmp",
        "/var",
        "/usr",
        "/usr/bin",
        "/etc",
        "/proc",
        "/proc/self/fd",
        "/sys",
        "/dev",
        "/dev/shm",
        "/run",
        "/home",
        "/opt",
        "/var/lib"
      })
  @DisplayName("is neither the host's nor everybody's")
  void hosts(String path) throws Exception {
    refused(Path.of(path));
  }

  @Test
  @DisplayName("has nothing of the node in it, above it or below it")
  void nodes() throws Exception {
    refused(folder, folder);
    refused(folder, folder.resolve("api.sock"));
    refused(folder, parent);
    assertThat(of(folder, folder.resolveSibling("code-2")).path()).isEqualTo(folder);
  }

  @Test
  @DisplayName("is there, and is a folder")
  void there() throws Exception {
    try (var gone = OpenFile.folder(folder.toString())) {
      Files.delete(folder);
      assertThatThrownBy(() -> CodeFolder.of(gone, List.of()))
          .isInstanceOf(LaunchRefusedException.class);
      Files.createDirectory(temporary.resolve("code (deleted)"));
      assertThatThrownBy(() -> CodeFolder.of(gone, List.of()))
          .as("another folder has the name that the kernel shows for it")
          .isInstanceOf(LaunchRefusedException.class);
    }
    Path file = Files.writeString(temporary.resolve("file"), "x");
    try (var opened = OpenFile.withoutLinks(file.toRealPath().toString())) {
      assertThatThrownBy(() -> CodeFolder.of(opened, List.of()))
          .isInstanceOf(LaunchRefusedException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "./",
        "..",
        "../code",
        "../code/a",
        "a/../../x",
        "a/..",
        "/etc/passwd",
        "/",
        "a\0b",
        "\ud800",
        "../code-2/a"
      })
  @DisplayName("what is not a path of a file in it is refused, whatever it would come to")
  void outside(String given) throws Exception {
    var code = of(folder);
    assertThatThrownBy(() -> code.inside(given, folder))
        .isInstanceOf(LaunchRefusedException.class)
        .message()
        .matches("[\\x20-\\x7e]+");
  }

  @Test
  @DisplayName("who names a file outside is told where what is run lies")
  void outsideIsExplained() throws Exception {
    var code = of(folder);
    assertThatThrownBy(() -> code.inside("../agent.py", folder))
        .hasMessage(
            "\"../agent.py\" has a part `..` (expected: a path without one: what is run lies in the code's folder, which is the working folder or the one that --code names)");
    assertThatThrownBy(() -> code.inside("agent.py", parent))
        .hasMessage(
            "\"agent.py\" is not in the folder of the code, "
                + folder
                + " (expected: a file there; --code names the folder, and the command's paths begin at the working folder, not at --code)");
  }

  @Test
  @DisplayName("paths are taken from the working folder, wherever that is")
  void inside() throws Exception {
    var code = of(folder);
    assertThat(code.inside("a/./b.py", folder)).isEqualTo("a/b.py");
    assertThat(code.inside("code/a", parent)).isEqualTo("a");
    assertThat(code.inside(folder.resolve("a").toString(), Path.of("/"))).isEqualTo("a");
    assertThat(code.inside("b", folder.resolve("sub"))).isEqualTo("sub/b");
  }

  @Test
  @DisplayName("a name without a folder is a program of the host, never one of the code's")
  void programs() throws Exception {
    var code = of(folder);
    assertThat(code.contains("python3", folder)).isFalse();
    assertThat(code.contains("./python3", folder)).isTrue();
    assertThat(code.contains("../code-2/x", folder)).isFalse();
    assertThat(code.contains("/usr/bin/python3", folder)).isFalse();
    assertThat(code.contains("./a\0", folder)).isFalse();
    assertThat(code.is(".", folder)).isTrue();
    assertThat(code.is("..", folder.resolve("a"))).isFalse();
    assertThat(code.is("a", folder)).isFalse();
  }

  @Test
  @DisplayName("holds still only where nobody but root can rename a folder above it")
  void movable() throws Exception {
    assumeTrue(FileCredentials.own().uid() == 0, "needs root, to make folders of other users");
    assertThat(of(folder).movableBecause()).isEmpty();
    Path inner = Files.createDirectory(folder.resolve("inner"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxr-x"));
    assertThat(of(inner).movableBecause())
        .hasValueSatisfying(why -> assertThat(why).contains("can be changed"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(of(inner).movableBecause()).isEmpty();
    Files.setAttribute(folder, "unix:uid", 65_534);
    assertThat(of(inner).movableBecause()).isPresent();
    assertThat(of(folder).movableBecause())
        .as("its own owner can rename it nowhere: the folder above is root's")
        .isEmpty();
  }
}
