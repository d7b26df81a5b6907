package dev.credence.platform.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  @TempDir Path parent;

  private Path folder() {
    return parent.resolve("a/data");
  }

  @Test
  void createsPrivateAndOpensAgain() throws Exception {
    try (DataFolder data = DataFolder.open(folder(), "credence-server", 1)) {
      assertThat(data.path()).isEqualTo(folder());
      assertThat(PrivateFiles.isPrivate(folder())).isTrue();
      assertThat(PrivateFiles.isPrivate(data.resolve("lock"))).isTrue();
    }
    DataFolder.open(folder(), "credence-server", 2).close();
  }

  @Test
  void refusesWhatBelongsToSomebodyElse() throws Exception {
    DataFolder.open(folder(), "credence-server", 1).close();
    try {
      Files.setAttribute(folder(), "unix:uid", 12_345);
    } catch (FileSystemException e) {
      Assumptions.abort("only root may give files away");
    }
    assertThat(PrivateFiles.isPrivate(folder())).isFalse();
    assertThatThrownBy(() -> DataFolder.open(folder(), "credence-server", 1))
        .hasMessage(
            "data folder %s belongs to uid 12345 (expected: the user that runs this, or root)",
            folder());
  }

  @Test
  void oneProcessAtATime() throws Exception {
    try (DataFolder first = DataFolder.open(folder(), "credence-server", 1)) {
      assertThatThrownBy(() -> DataFolder.open(first.path(), "credence-server", 1))
          .isInstanceOf(DataFolderException.class)
          .hasMessage(
              "data folder %s is in use by another process (pid %d)",
              folder(), ProcessHandle.current().pid());
    }
  }

  @Test
  void refusesANewerFormatAndAnotherProduct() throws Exception {
    DataFolder.open(folder(), "credence-server", 2).close();
    assertThatThrownBy(() -> DataFolder.open(folder(), "credence-server", 1))
        .hasMessage(
            "data folder %s has format version 2, from a newer credence-server (expected: at most 1)",
            folder());
    assertThatThrownBy(() -> DataFolder.open(folder(), "credence-node", 2))
        .hasMessage(
            "data folder %s belongs to credence-server (expected: credence-node)", folder());
    DataFolder.open(folder(), "credence-server", 2).close();
  }

  @Test
  void refusesADamagedFormatFile() throws Exception {
    DataFolder.open(folder(), "credence-server", 1).close();
    Files.writeString(folder().resolve("format"), "x");
    assertThatThrownBy(() -> DataFolder.open(folder(), "credence-server", 1))
        .hasMessageContaining("is damaged");
  }

  @Test
  void tightensAnEmptyFolderAndRefusesAnOpenOneWithContent() throws Exception {
    Files.createDirectories(
        folder(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    DataFolder.open(folder(), "credence-server", 1).close();
    assertThat(PrivateFiles.isPrivate(folder())).isTrue();
    Files.setPosixFilePermissions(folder(), PosixFilePermissions.fromString("rwxr-x---"));
    assertThatThrownBy(() -> DataFolder.open(folder(), "credence-server", 1))
        .hasMessageContaining("has mode rwxr-x--- (expected: rwx------; chmod 700)");
  }

  @Test
  void saysSoWhenTheFolderCannotBe() throws Exception {
    Path file = Files.createFile(parent.resolve("file"));
    assertThatThrownBy(() -> DataFolder.open(file.resolve("data"), "credence-server", 1))
        .isInstanceOf(DataFolderException.class)
        .hasMessageContaining("is not writable");
    assertThatThrownBy(() -> DataFolder.open(Path.of("/proc/none"), "credence-server", 1))
        .isInstanceOf(DataFolderException.class)
        .hasMessageContaining("is not writable");
  }

  @Test
  void replacesFilesWhole() throws Exception {
    Path file = parent.resolve("key.pem");
    PrivateFiles.writeAtomically(file, "one".getBytes(UTF_8));
    PrivateFiles.writeAtomically(file, "two".getBytes(UTF_8));
    assertThat(file).hasContent("two");
    assertThat(PrivateFiles.isPrivate(file)).isTrue();
    try (var left = Files.list(parent)) {
      assertThat(left).containsExactly(file);
    }
  }
}
