package dev.credence.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.cli.client.CommandFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DevFolderTest {

  @TempDir Path folder;

  @Test
  void aFolderInUse_isRefused() {
    try (var _ = DevFolder.open(folder, Map.of())) {
      assertThatThrownBy(() -> DevFolder.open(folder, Map.of()))
          .isInstanceOf(CommandFailure.class)
          .hasMessage(
              "%s is in use by another `credence dev` (process %d)"
                  .formatted(folder, ProcessHandle.current().pid()));
    }
    DevFolder.open(folder, Map.of()).close();
  }

  @Test
  void theTrustDomainIsTheFolders_andAnotherIsRefused() throws Exception {
    try (var dev = DevFolder.open(folder, Map.of())) {
      assertThat(dev.trustDomain("", "fallback.test").name()).isEqualTo("fallback.test");
      assertThat(dev.trustDomain("mine.test", "fallback.test").name()).isEqualTo("mine.test");

      Files.writeString(folder.resolve("server.yaml"), "# x\ntrust_domain: kept.test\nlisten: x\n");

      assertThat(dev.trustDomain("", "fallback.test").name()).isEqualTo("kept.test");
      assertThatThrownBy(() -> dev.trustDomain("other.test", "fallback.test"))
          .hasMessage(
              "%s is of trust domain \"kept.test\" (asked for: \"other.test\"): use another --dir"
                  .formatted(folder));
      Files.delete(folder.resolve("server.yaml"));
      assertThatThrownBy(() -> dev.trustDomain("No Good", "fallback.test"))
          .isInstanceOf(CommandFailure.class);
    }
  }

  @Test
  void socketsAreInTheFolder_whereTheKernelAllows() {
    try (var dev = DevFolder.open(folder, Map.of())) {
      assertThat(dev.sockets().admin()).isEqualTo(folder.resolve("admin.sock"));
    }
  }

  @Test
  void socketsOfADeepFolder_areInAShortOne_thatIsRemovedAgain() throws Exception {
    var runtime = Files.createDirectory(folder.resolve("run"));
    Path sockets;
    try (var dev =
        DevFolder.open(
            folder.resolve("x".repeat(120)), Map.of("XDG_RUNTIME_DIR", runtime.toString()))) {
      sockets = dev.sockets().path();
      assertThat(sockets).isDirectory().hasParent(runtime);
    }
    assertThat(sockets).doesNotExist();
  }

  @Test
  void aFolderThatNeedsEscapesInAUri_getsAShortOneToo() throws Exception {
    var runtime = Files.createDirectory(folder.resolve("run"));
    try (var dev =
        DevFolder.open(
            folder.resolve("my folder"), Map.of("XDG_RUNTIME_DIR", runtime.toString()))) {
      assertThat(dev.sockets().path()).hasParent(runtime);
    }
  }

  @Test
  void aLinkInPlaceOfTheShortFolder_isRefused() throws Exception {
    var runtime = Files.createDirectory(folder.resolve("run"));
    var deep = folder.resolve("y".repeat(120));
    Path sockets;
    try (var dev = DevFolder.open(deep, Map.of("XDG_RUNTIME_DIR", runtime.toString()))) {
      sockets = dev.sockets().path();
    }
    Files.createSymbolicLink(sockets, folder);

    assertThatThrownBy(() -> DevFolder.open(deep, Map.of("XDG_RUNTIME_DIR", runtime.toString())))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("not a folder of yours");
  }
}
