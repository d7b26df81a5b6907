package dev.credence.e2e.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Sha256;
import dev.credence.e2e.story.Story;
import dev.credence.proto.common.v1.CodeAssurance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("code on file systems that a program makes up")
class FuseAttacksTest {
  @TempDir private Path folder;
  private AttachPlace place;
  private Path good;
  private Path evil;

  @BeforeEach
  void start() throws Exception {
    place = AttachPlace.start(folder);
    good = ending("good", 1);
    evil = ending("evil", 2);
  }

  @AfterEach
  void stop() {
    place.close();
  }

  /// The interpreter with one more byte.
  private Path ending(String name, int last) throws Exception {
    return Files.write(
        place.interpreter(name), new byte[] {(byte) last}, StandardOpenOption.APPEND);
  }

  private void register() throws Exception {
    place.rig().agent("finance", "bot").forProcesses("unix:sha256:" + digest(good));
  }

  private static Sha256 digest(Path file) throws Exception {
    return Sha256.of(Files.readAllBytes(file));
  }

  @Trick(
      name = "FUSE as code: one content for the kernel that runs it, another for who reads it",
      outcome = "refused by digest; by path: claimed, never more",
      needs = {Needs.ROOT, Needs.FUSE, Needs.PYTHON3})
  void twoContents() throws Exception {
    try (var story = Story.of("a file that shows a registered content and runs another")) {
      register();
      var honest = story.opens("the registered program", () -> place.caller(List.of(), good));
      story.step("is served", () -> assertThat(honest.open()).isTrue());
      var mount =
          story.opens(
              "a file system with another program",
              () -> FuseMount.start(folder, "agent", evil, good));
      story.step("which is in the kernel's memory", mount::keepInMemory);
      var liar = story.opens("it runs", () -> place.caller(List.of(), mount.file()));
      story.step("and is not served", () -> assertThat(liar.open()).isFalse());
      story.step("who reads it now is shown the registered one", mount::sayOther);
      story.step(
          "also through the kernel's link to what the process executes",
          () ->
              assertThat(digest(Path.of("/proc/" + liar.pid() + "/exe"))).isEqualTo(digest(good)));
      place.nextLook();
      story.step("it is not served", () -> assertThat(liar.open()).isFalse());
      story.step("the mount is taken out of the table of mounts", mount::detach);
      story.step("its child is not served", () -> liar.ask("child", "child (\\d+) closed"));
    }
  }

  @Trick(
      name = "FUSE at a registered path",
      outcome = "code: claimed, never more; a minimum of file refuses it",
      needs = {Needs.ROOT, Needs.FUSE, Needs.PYTHON3})
  void registeredPath() throws Exception {
    try (var story = Story.of("a path on a file system that a program makes up")) {
      var mount = story.opens("a file system", () -> FuseMount.start(folder, "agent", evil, good));
      place.rig().agent("finance", "bot").forProcesses("unix:path:" + mount.file());
      place
          .rig()
          .agent("finance", "sure")
          .forProcesses("unix:path:" + mount.file(), "unix:sha256:" + digest(evil));
      var caller = story.opens("its program", () -> place.caller(List.of(), mount.file()));
      story.step(
          "is what its path says, which is claimed; its digest is nobody's",
          () -> {
            assertThat(caller.open()).isTrue();
            assertThat(place.running(caller.pid()).getCode())
                .isEqualTo(CodeAssurance.CODE_ASSURANCE_CLAIMED);
            assertThat(place.running(caller.pid()).getSpiffeId()).endsWith("/bot");
          });
    }
  }

  @Trick(
      name = "FUSE that never answers, under a running program",
      outcome = "refused at once, without being read; others have their identity meanwhile",
      needs = {Needs.ROOT, Needs.SETPRIV, Needs.FUSE, Needs.PYTHON3})
  void silence() throws Exception {
    try (var story = Story.of("a file system that does not answer")) {
      register();
      place.rig().agent("finance", "loader").forProcesses("process:mapped_sha256:" + digest(good));
      var mount = story.opens("a file system", () -> FuseMount.start(folder, "agent", good, good));
      story.step("its program is in the kernel's memory", mount::keepInMemory);
      var hanging =
          story.opens("and runs", () -> place.caller(AttachPlace.as(64997), mount.file()));
      story.step("it falls silent", mount::fallSilent);
      int from = mount.mark();
      story.step("the program is refused", () -> assertThat(hanging.open()).isFalse());
      story.step("nobody asked", () -> assertThat(mount.wasAsked(from)).isFalse());
      var honest = story.opens("somebody else", () -> place.caller(AttachPlace.as(64998), good));
      story.step("is served", () -> assertThat(honest.open()).isTrue());
    }
  }
}
