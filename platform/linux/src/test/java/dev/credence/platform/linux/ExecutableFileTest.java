package dev.credence.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecutableFileTest {
  @TempDir private Path folder;

  private Path copyOf(String program) throws IOException {
    Path copy = folder.resolve("copy");
    Files.copy(Path.of(program), copy);
    assertThat(copy.toFile().setExecutable(true, false)).isTrue();
    return copy.toRealPath();
  }

  /// cat has answered a line, so it is cat that runs by then.
  private static Child cat(String... command) {
    Child child = Child.start(command);
    child.go();
    assertThat(child.line()).isEmpty();
    return child;
  }

  @Test
  void isReachedByItsPath() throws Exception {
    Path copy = copyOf("/bin/cat");
    try (Child child = cat(copy.toString());
        ExecutableFile file = ExecutableFile.of(child.pid());
        MountTable mounts = MountTable.own()) {
      assertThat(file.pathIn(mounts)).contains(copy.toString());
      assertThat(file.stat().isRegular()).isTrue();
      assertThat(file.stat().version().size()).isEqualTo(Files.size(copy));
      assertThat(mounts.fileSystem(file.stat().mountId())).isNotEmpty();
    }
  }

  @Test
  void aDeletedFileHasNoPathAndStillItsContent() throws Exception {
    Path copy = copyOf("/bin/cat");
    byte[] content = Files.readAllBytes(copy);
    try (Child child = cat(copy.toString());
        ExecutableFile file = ExecutableFile.of(child.pid());
        MountTable mounts = MountTable.own()) {
      Files.delete(copy);

      assertThat(file.pathIn(mounts)).isEmpty();
      assertThat(digest(file)).isEqualTo(MessageDigest.getInstance("SHA-256").digest(content));
    }
  }

  @Test
  void whatReplacesItUnderItsPathIsNotRead() throws Exception {
    Path copy = copyOf("/bin/cat");
    byte[] content = Files.readAllBytes(copy);
    try (Child child = cat(copy.toString());
        ExecutableFile file = ExecutableFile.of(child.pid())) {
      Files.delete(copy);
      Files.writeString(copy, "#!/bin/sh\n");

      assertThat(digest(file)).isEqualTo(MessageDigest.getInstance("SHA-256").digest(content));
    }
  }

  private static byte[] digest(ExecutableFile file) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    byte[] piece = new byte[10_000];
    try (FileContent content = file.open()) {
      int length;
      while ((length = content.read(piece)) > 0) {
        digest.update(piece, 0, length);
      }
    }
    return digest.digest();
  }

  /// In a mount namespace of its own, an ordinary user shows any path it likes.
  @Test
  void inAnotherMountNamespaceThePathIsNotBelieved() throws Exception {
    Path copy = copyOf("/bin/cat");
    try (Child child = foreign("exec /usr/bin/base64", copy);
        ExecutableFile file = ExecutableFile.of(child.pid());
        MountTable mounts = MountTable.own()) {
      assertThat(file.shownPath()).isEqualTo("/usr/bin/base64");

      assertThat(file.pathIn(mounts)).isEmpty();
      assertThat(ProcessFacts.read(child.pid()).sameMountNamespace()).isFalse();
      assertThat(Namespaces.sameAsOwn(child.pid(), Namespaces.Kind.MNT)).isFalse();
      assertThat(Namespaces.sameAsOwn(child.pid(), Namespaces.Kind.USER)).isFalse();
      assertThat(Namespaces.sameAsOwn(child.pid(), Namespaces.Kind.PID)).isTrue();
      assertThat(MountTable.seenBy(child.pid())).containsKey(file.stat().mountId());
    }
  }

  /// And from there a process in the node's own mount namespace can be started, with the same false
  /// path.
  @Test
  void aFileOfAnotherMountNamespaceIsNotBelievedEither() throws Exception {
    Path copy = copyOf("/bin/cat");
    try (Child holder = foreign("exec /usr/bin/base64", copy);
        Child child = cat("/proc/" + holder.pid() + "/root/usr/bin/base64");
        ExecutableFile file = ExecutableFile.of(child.pid());
        MountTable mounts = MountTable.own()) {
      assertThat(file.shownPath()).isEqualTo("/usr/bin/base64");
      assertThat(ProcessFacts.read(child.pid()).sameMountNamespace()).isTrue();

      assertThat(file.pathIn(mounts)).isEmpty();
    }
  }

  /// A process that sees `copy` at /usr/bin/base64, in a user and mount namespace of its own.
  private static Child foreign(String then, Path copy) {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/unshare")) && Files.exists(Path.of("/usr/bin/base64")),
        "skipped: there is no unshare(1) or no base64(1)");
    Child child =
        Child.start(
            "unshare",
            "-Urm",
            "/bin/sh",
            "-c",
            "mount --bind \"$1\" /usr/bin/base64 && " + then,
            "sh",
            copy.toString());
    child.go();
    boolean permitted = child.line().isEmpty();
    if (!permitted) {
      child.close();
    }
    assumeTrue(permitted, "skipped: user namespaces are not permitted here");
    return child;
  }

  @Test
  void thereIsNoneOfWhatIsGone() {
    assertThatThrownBy(() -> ExecutableFile.of(Integer.MAX_VALUE))
        .isInstanceOf(UnattestableException.class);
  }

  @Test
  void theTableFollowsTheKernel() throws Exception {
    assertThat(MountTable.parse("36 35 98:0 /a\\040- /b rw master:1 - ext3 /dev/root rw\n"))
        .containsEntry(36L, "ext3");
    assertThat(MountTable.parse("nonsense\n\n")).isEmpty();
    assertThatThrownBy(() -> MountTable.parse("x 35 98:0 / / rw - ext3 a b"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void writableMeansThatTheUserCouldChangeIt() {
    var version = new FileVersion(1, 2, 3, 4, 5);
    assertThat(new FileStat(version, 0100755, 0, 0, 1, 1).writableBy(1000)).isFalse();
    assertThat(new FileStat(version, 0100755, 0, 0, 1, 1).writableBy(0)).isTrue();
    assertThat(new FileStat(version, 0100555, 1000, 0, 1, 1).writableBy(1000)).isTrue();
    assertThat(new FileStat(version, 0100757, 0, 0, 1, 1).writableBy(1000)).isTrue();
    assertThat(new FileStat(version, 0100775, 0, 0, 1, 1).writableBy(1000)).isTrue();
  }
}
