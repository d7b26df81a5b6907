package dev.credence.e2e.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Sha256;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Story;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("code on mounts that an ordinary user made")
class PrivateMountAttacksTest {
  private static final int NOBODY = 65_534;

  @TempDir private Path folder;
  private AttachPlace place;
  private Path good;
  private Path beneath;
  private Path mount;

  @BeforeEach
  void start() throws Exception {
    place = AttachPlace.start(folder);
    good = ending(place.interpreter("good"), 1);
    Path lower = nobodys(Files.createDirectory(folder.resolve("lower")));
    nobodys(Files.createDirectory(folder.resolve("empty")));
    mount = nobodys(Files.createDirectory(folder.resolve("mount")));
    beneath = nobodys(ending(PythonCaller.interpreter(lower, "agent"), 2));
  }

  @AfterEach
  void stop() {
    place.close();
  }

  /// The interpreter with one more byte.
  private static Path ending(Path program, int last) throws Exception {
    return Files.write(program, new byte[] {(byte) last}, StandardOpenOption.APPEND);
  }

  private static Path nobodys(Path path) throws Exception {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setAttribute(path, "unix:uid", NOBODY);
    return path;
  }

  private static Sha256 digest(Path file) throws Exception {
    return Sha256.of(Files.readAllBytes(file));
  }

  /// An overlay over the user's own folder, in a user namespace of the user's own.
  private Running overlay() throws Exception {
    var layers = "lowerdir=" + beneath.getParent() + ":" + folder.resolve("empty");
    var script = "mount -t overlay own -o \"$0\" \"$1\" && echo mounted && exec cat";
    var command =
        new ArrayList<>(
            Arrays.asList(
                Needs.nobody(
                    "unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script)));
    command.addAll(List.of(layers, mount.toString()));
    var holder = Running.start("overlay", command, Map.of(), Path.of("/tmp"));
    holder.line("mounted", AttachPlace.SOON);
    return holder;
  }

  /// The user writes the registered program's bytes over the file of the running one.
  private void becomeGood() throws Exception {
    var command = Needs.nobody("dd", "if=" + good, "of=" + beneath, "conv=notrunc", "status=none");
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  @Trick(
      name =
          "an overlay of the user's own, executed from outside of its namespace, whose lower file is changed while it runs",
      outcome = "refused: unregistered, by the digests of what it runs and maps",
      needs = {Needs.ROOT, Needs.SETPRIV, Needs.USER_NAMESPACES, Needs.PYTHON3})
  void lowerFileChanged() throws Exception {
    try (var story = Story.of("a file that is another one beneath")) {
      place.rig().agent("finance", "bot").forProcesses("unix:sha256:" + digest(good));
      place.rig().agent("finance", "map").forProcesses("process:mapped_sha256:" + digest(good));
      var honest =
          story.opens("the registered program", () -> place.caller(AttachPlace.as(NOBODY), good));
      story.step("is served", () -> assertThat(honest.open()).isTrue());
      var holder = story.opens("an overlay, in a user namespace", this::overlay);
      var shown = Path.of("/proc/" + holder.pid() + "/root" + mount + "/agent");
      var liar =
          story.opens(
              "a program in it runs, outside", () -> place.caller(AttachPlace.as(NOBODY), shown));
      story.step("and is not served", () -> assertThat(liar.open()).isFalse());
      story.step("its file becomes the registered one, beneath it", this::becomeGood);
      story.step(
          "which the kernel shows as what it executes",
          () ->
              assertThat(digest(Path.of("/proc/" + liar.pid() + "/exe"))).isEqualTo(digest(good)));
      place.nextLook();
      story.step("it is not served", () -> assertThat(liar.open()).isFalse());
    }
  }
}
