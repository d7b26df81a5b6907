package dev.credence.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Reading with another user's rights")
class ReadAsTest {
  private static final int UID = 4_100_001;
  private static final FileCredentials WHO =
      new FileCredentials(UID, 4_100_002, List.of(4_100_004, 4_100_003));

  @TempDir private Path folder;

  @BeforeEach
  void root() throws IOException {
    assumeTrue(FileCredentials.own().uid() == 0, "only root can take another user's rights");
  }

  /// Something done in a thread of its own.
  private interface Work<T> {
    T in() throws Exception;
  }

  private static <T> T inThread(Work<T> work) throws Exception {
    var result = new CompletableFuture<T>();
    Thread.ofPlatform()
        .start(() -> {
          try {
            result.complete(work.in());
          } catch (Exception e) {
            result.completeExceptionally(e);
          }
        });
    try {
      return result.get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  /// What the kernel says of the calling thread.
  private static String line(String key) {
    try {
      return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
          .filter(line -> line.startsWith(key + ":"))
          .map(line -> line.substring(key.length() + 1).strip().replaceAll("\\s+", " "))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @DisplayName(
      "for the length of a call the file system ids and groups are the caller's, and no capability overrides")
  void ids() throws Exception {
    List<String> seen =
        inThread(() -> {
          ReadAs rights = ReadAs.become(WHO);
          var inside = new String[3];
          rights.as(() -> {
            inside[0] = line("Uid");
            inside[1] = line("Groups");
            inside[2] = line("CapEff");
            return 0;
          });
          return List.of(inside[0], inside[1], inside[2], line("Uid"), line("Gid"), line("CapEff"));
        });
    assertThat(seen.get(0)).as("real, effective, saved, file system").isEqualTo("0 0 0 " + UID);
    assertThat(seen.get(1)).isEqualTo("4100003 4100004");
    // CHOWN, DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER, FSETID
    assertThat(Long.parseUnsignedLong(seen.get(2), 16) & 0x1f).isZero();
    assertThat(seen.get(3)).isEqualTo("0 0 0 0");
    assertThat(seen.get(4)).isEqualTo("0 0 0 0");
    assertThat(seen.get(5)).isEqualTo(line("CapEff"));
  }

  @Test
  @DisplayName("other threads keep their ids and groups meanwhile")
  void others() throws Exception {
    String groups = line("Groups");
    var inside = new CompletableFuture<String>();
    var looked = new CompletableFuture<String>();
    var reading =
        Thread.ofPlatform()
            .start(() -> {
              try {
                ReadAs.become(WHO)
                    .as(() -> {
                      inside.complete(line("Uid"));
                      looked.orTimeout(20, TimeUnit.SECONDS).join();
                      return 0;
                    });
              } catch (IOException e) {
                inside.completeExceptionally(e);
              }
            });
    assertThat(inside.get(20, TimeUnit.SECONDS)).isEqualTo("0 0 0 " + UID);
    assertThat(line("Groups")).isEqualTo(groups);
    assertThat(line("Uid")).isEqualTo("0 0 0 0");
    looked.complete("");
    reading.join();
  }

  @Test
  @DisplayName("opening fails where the caller may not, and the thread goes on as itself")
  void opening() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "x");
    secret.toFile().setReadable(false, false);
    List<String> seen =
        inThread(() -> {
          ReadAs rights = ReadAs.become(WHO);
          assertThatThrownBy(() -> NamedPlace.hold(secret.toString(), rights))
              .isInstanceOfSatisfying(
                  FileRefusedException.class,
                  e -> assertThat(e.why()).isEqualTo(FileRefusedException.Why.DENIED));
          return List.of(Files.readString(secret));
        });
    assertThat(seen).containsExactly("x");
  }

  @Test
  @DisplayName("nothing is crossed or followed from inside a folder")
  void beneath() throws Exception {
    Files.createSymbolicLink(folder.resolve("link"), Path.of("/etc"));
    ReadAs own = ReadAs.own();
    try (NamedPlace root = NamedPlace.hold("/", own);
        ReadFolder inRoot = root.folder();
        NamedPlace place = NamedPlace.hold(folder.toString(), own);
        ReadFolder in = place.folder()) {
      assertThatThrownBy(() -> inRoot.folder("proc"))
          .isInstanceOfSatisfying(
              FileRefusedException.class,
              e -> assertThat(e.why()).isEqualTo(FileRefusedException.Why.MOUNT));
      assertThatThrownBy(() -> in.folder("link"))
          .isInstanceOfSatisfying(
              FileRefusedException.class,
              e -> assertThat(e.why()).isEqualTo(FileRefusedException.Why.OTHER_KIND));
      assertThatThrownBy(() -> in.folder(".."))
          .isInstanceOfSatisfying(
              FileRefusedException.class,
              e -> assertThat(e.why()).isEqualTo(FileRefusedException.Why.MOUNT));
      assertThat(in.kind("link")).isEqualTo(FolderEntry.Kind.LINK);
      assertThat(in.link("link")).isEqualTo("/etc");
    }
    assertThatThrownBy(() -> NamedPlace.hold("/proc/self/cwd/x", own))
        .isInstanceOfSatisfying(
            FileRefusedException.class,
            e -> assertThat(e.why()).isEqualTo(FileRefusedException.Why.OTHER_KIND));
  }

  @Test
  @DisplayName(
      "a daemon that is not root reads for its own user only, and only with groups that the caller has too")
  void groups() {
    var daemon = new FileCredentials(UID, 5, List.of(6, 7));
    assertThat(daemon.groupsWithin(new FileCredentials(UID, 6, List.of(7, 5, 8)))).isTrue();
    assertThat(daemon.groupsWithin(new FileCredentials(UID, 5, List.of(6)))).isFalse();
    assertThat(daemon.groupsWithin(new FileCredentials(UID, 6, List.of(7)))).isFalse();
    assertThatThrownBy(() -> new FileCredentials(-1, 0, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
