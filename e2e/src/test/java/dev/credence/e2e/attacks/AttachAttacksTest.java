package dev.credence.e2e.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Sha256;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Story;
import dev.credence.proto.common.v1.CodeAssurance;
import dev.credence.proto.common.v1.Isolation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("processes that somebody else started")
class AttachAttacksTest {

  private static final List<String> NOBODY = AttachPlace.as(64999);

  /// exit(2) ends the calling thread alone.
  private static final String WITHOUT_MAIN_THREAD =
      """
      import ctypes, os, platform, sys, threading
      def state():
          return open('/proc/self/stat').read().rsplit(')', 1)[1].split()[0]
      def stay():
          while state() != 'Z':
              pass
          print('here Z', flush=True)
          sys.stdin.read()
          os._exit(0)
      threading.Thread(target=stay).start()
      ctypes.CDLL(None).syscall(93 if platform.machine() == 'aarch64' else 60, 0)
      """;

  @TempDir private Path folder;
  private AttachPlace place;
  private Path agent;

  @BeforeEach
  void start() throws Exception {
    place = AttachPlace.start(folder);
    agent = place.interpreter("agent");
  }

  @AfterEach
  void stop() {
    place.close();
  }

  @Trick(
      name = "exec of the same interpreter, its connection kept",
      outcome = "ended: process-changed; what runs then is another execution",
      needs = Needs.PYTHON3)
  void execOfTheSameInterpreter() throws Exception {
    try (var story = Story.of("python executes python")) {
      place.rig().agent("finance", "bot").forProcesses("unix:path:" + agent);
      var caller = story.opens("a caller", () -> place.caller(List.of(), agent));
      story.step("it has an identity", () -> assertThat(caller.open()).isTrue());
      var before = place.running(caller.pid());
      story.step("it executes itself", () -> caller.ask("exec " + agent, "started (\\d+)"));
      story.step(
          "its execution has ended",
          () -> assertThat(place.endReason(before)).isEqualTo("process-changed"));
      story.step("it asks anew", () -> assertThat(caller.open()).isTrue());
      story.step(
          "and is another execution",
          () -> assertThat(place.running(caller.pid()).getId()).isNotEqualTo(before.getId()));
    }
  }

  @Trick(
      name = "a child's new connection",
      outcome = "the child's own execution, never its parent's",
      needs = Needs.PYTHON3)
  void aChildIsItself() throws Exception {
    try (var story = Story.of("a child")) {
      place.rig().agent("finance", "bot").forProcesses("unix:path:" + agent);
      var caller = story.opens("a caller", () -> place.caller(List.of(), agent));
      story.step("it has an identity", () -> assertThat(caller.open()).isTrue());
      var child =
          story.ask(
              "its child asks",
              () -> Integer.parseInt(caller.ask("child", "child (\\d+) message")));
      story.step(
          "and is an execution of its own",
          () ->
              assertThat(place.running(child).getId())
                  .isNotEqualTo(place.running(caller.pid()).getId()));
    }
  }

  @Trick(
      name = "a dead parent: a double fork under a registration that names the parent",
      outcome = "refused: unregistered",
      needs = Needs.PYTHON3)
  void anOrphanHasNoParent() throws Exception {
    try (var story = Story.of("an orphan")) {
      place
          .rig()
          .agent("finance", "bot")
          .forProcesses("unix:path:" + agent, "process:parent_path:" + agent);
      var caller = story.opens("a caller", () -> place.caller(List.of(), agent));
      story.step("the caller's parent is another", () -> assertThat(caller.open()).isFalse());
      story.step("its child is served", () -> caller.ask("child", "child (\\d+) message"));
      story.step("an orphan is not", () -> caller.ask("orphan", "child (\\d+) closed"));
    }
  }

  @Trick(
      name = "ptrace attach",
      outcome = "ended: process-traced; refused while it is traced",
      needs = {Needs.ROOT, Needs.PYTHON3})
  void tracer() throws Exception {
    try (var story = Story.of("a tracer")) {
      place.rig().agent("finance", "bot").forProcesses("unix:path:" + agent);
      var caller = story.opens("a caller", () -> place.caller(List.of(), agent));
      story.step("it has an identity", () -> assertThat(caller.open()).isTrue());
      var before = place.running(caller.pid());
      int mark = caller.mark();
      var program =
          "import ctypes;print('traced',ctypes.CDLL(None).ptrace(0x4206,%d,0,0),flush=True);input()"
              .formatted(caller.pid());
      var tracer =
          story.opens(
              "a tracer",
              () ->
                  Running.start(
                      "tracer",
                      List.of("/usr/bin/python3", "-c", program),
                      Map.of(),
                      Path.of("/tmp")));
      story.step("it traces", () -> tracer.line("traced 0", AttachPlace.SOON));
      story.step(
          "the execution has ended",
          () -> assertThat(place.endReason(before)).isEqualTo("process-traced"));
      story.step("the stream too", () -> caller.closed(mark));
      story.step("nothing is had while it is traced", () -> assertThat(caller.open()).isFalse());
    }
  }

  @Trick(
      name = "other credentials than when it was attested",
      outcome = "ended: credentials-changed",
      needs = {Needs.ROOT, Needs.PYTHON3})
  void otherCredentials() throws Exception {
    try (var story = Story.of("another user")) {
      place.rig().agent("finance", "bot").forProcesses("unix:path:" + agent);
      var caller = story.opens("a caller, root", () -> place.caller(List.of(), agent));
      story.step("it has an identity", () -> assertThat(caller.open()).isTrue());
      var before = place.running(caller.pid());
      story.step("it becomes another user", () -> caller.ask("setuid 64999", "uid (64999)"));
      story.step(
          "its execution has ended",
          () -> assertThat(place.endReason(before)).isEqualTo("credentials-changed"));
    }
  }

  @Trick(
      name = "leaving the control group in which it was attested",
      outcome = "ended: cgroup-left, whether or not its registration names it",
      needs = {Needs.ROOT, Needs.CGROUP2, Needs.PYTHON3})
  void anotherCgroup() throws Exception {
    try (var story = Story.of("another control group")) {
      place.rig().agent("finance", "bot").forProcesses("unix:path:" + agent);
      var group = story.opens("a control group", () -> Cgroup2.make("story"));
      var caller = story.opens("a caller", () -> place.caller(List.of(), agent));
      group.take(caller.pid());
      story.step("it has an identity", () -> assertThat(caller.open()).isTrue());
      var before = place.running(caller.pid());
      int mark = caller.mark();
      story.step("it is taken out", () -> group.release(caller.pid()));
      story.step(
          "its execution has ended",
          () -> assertThat(place.endReason(before)).isEqualTo("cgroup-left"));
      story.step("its stream too", () -> caller.closed(mark));
    }
  }

  @Trick(
      name = "executable replaced on disk",
      outcome = "ended: code-changed",
      needs = Needs.PYTHON3)
  void replacedExecutable() throws Exception {
    try (var story = Story.of("another file at the path")) {
      place.rig().agent("finance", "bot").forProcesses("unix:path:" + agent);
      var caller = story.opens("a caller", () -> place.caller(List.of(), agent));
      story.step("it has an identity", () -> assertThat(caller.open()).isTrue());
      var before = place.running(caller.pid());
      story.step("the file is replaced", this::replace);
      story.step(
          "its execution has ended",
          () -> assertThat(place.endReason(before)).isEqualTo("code-changed"));
      story.step("nothing is had any more", () -> assertThat(caller.open()).isFalse());
    }
  }

  private void replace() throws IOException {
    var other = PythonCaller.interpreter(folder, "other");
    Files.move(other, agent, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  @Trick(
      name = "another executable shown by the kernel (PR_SET_MM_MAP in an own user namespace)",
      outcome = "refused: unregistered, by digest and by path",
      needs = {Needs.SETPRIV, Needs.USER_NAMESPACES, Needs.PYTHON3, Needs.CC})
  void anotherExecutableShown() throws Exception {
    var source = folder.resolve("disguise.c");
    try (InputStream in =
        Objects.requireNonNull(AttachAttacksTest.class.getResourceAsStream("disguise.c"))) {
      Files.copy(in, source);
    }
    var disguise = folder.resolve("disguise");
    assertThat(
            new ProcessBuilder("cc", "-o", disguise.toString(), source.toString())
                .inheritIO()
                .start()
                .waitFor())
        .isZero();
    try (var story = Story.of("a program that the kernel shows as another one")) {
      var digest = Sha256.of(Files.readAllBytes(agent));
      place.rig().agent("finance", "bot").forProcesses("unix:sha256:" + digest);
      place.rig().agent("finance", "other").forProcesses("unix:path:" + agent);
      var honest = story.opens("an honest caller", () -> place.caller(NOBODY, agent));
      story.step("has an identity", () -> assertThat(honest.open()).isTrue());
      var before = new ArrayList<>(NOBODY);
      before.addAll(List.of("unshare", "--user", "--map-root-user"));
      var liar =
          story.opens(
              "a caller with a user namespace of its own",
              () -> place.caller(before, Path.of("/usr/bin/python3").toRealPath()));
      story.step(
          "the kernel shows the registered program, and the node is not deceived",
          () ->
              liar.ask("disguised " + disguise + " " + agent, "(disguised closed " + agent + ")"));
    }
  }

  @Trick(
      name = "argv rewritten to name another script",
      outcome = "code: claimed, never more; a minimum of file refuses it",
      needs = Needs.PYTHON3)
  void rewrittenArguments() throws Exception {
    try (var story = Story.of("another command line")) {
      var python = Path.of("/usr/bin/python3").toRealPath();
      place.rig().agent("finance", "bot").forProcesses("process:script:/opt/good.py");
      var caller = story.opens("a caller", () -> place.caller(List.of(), python));
      story.step("it is not that script", () -> assertThat(caller.open()).isFalse());
      story.step(
          "it says that it is", () -> caller.ask("argv python3 /opt/good.py", "(rewritten)"));
      place.nextLook();
      story.step(
          "that is believed as far as it goes",
          () -> {
            assertThat(caller.open()).isTrue();
            assertThat(place.running(caller.pid()).getCode())
                .isEqualTo(CodeAssurance.CODE_ASSURANCE_CLAIMED);
          });
    }
  }

  @Trick(
      name = "own user and mount namespace with another file at the registered path",
      outcome = "refused: unregistered",
      needs = {Needs.SETPRIV, Needs.USER_NAMESPACES, Needs.PYTHON3})
  void anotherFileAtThePath() throws Exception {
    try (var story = Story.of("another file at the path, in a namespace")) {
      var evil = PythonCaller.interpreter(folder, "evil");
      place.rig().agent("finance", "bot").forProcesses("unix:path:" + agent);
      var honest = story.opens("an honest caller", () -> place.caller(NOBODY, agent));
      story.step("has an identity", () -> assertThat(honest.open()).isTrue());
      var before = new ArrayList<>(NOBODY);
      before.addAll(
          List.of(
              "unshare",
              "--user",
              "--map-root-user",
              "--mount",
              "sh",
              "-c",
              "mount --bind \"$0\" \"$1\" && exec \"$@\"",
              evil.toString()));
      var liar = story.opens("a caller that shows the path", () -> place.caller(before, agent));
      story.step(
          "the kernel shows it",
          () ->
              assertThat(Files.readSymbolicLink(Path.of("/proc/" + liar.pid() + "/exe")))
                  .isEqualTo(agent));
      story.step("the node is not deceived", () -> assertThat(liar.open()).isFalse());
    }
  }

  @Trick(
      name = "no help of the clock: exec is noticed at once",
      outcome = "ended: process-changed, before the next look",
      needs = {Needs.ROOT, Needs.PYTHON3})
  void atOnce() throws Exception {
    try (var story = Story.of("exec is told by the kernel")) {
      place.rig().agent("finance", "bot").forProcesses("unix:path:" + agent);
      var caller = story.opens("a caller", () -> place.caller(List.of(), agent));
      story.step("it has an identity", () -> assertThat(caller.open()).isTrue());
      var before = place.running(caller.pid());
      story.step("it executes itself", () -> caller.ask("exec " + agent, "started (\\d+)"));
      story.step(
          "its execution has ended",
          () -> assertThat(place.endReasonAtOnce(before)).isEqualTo("process-changed"));
    }
  }

  @Trick(
      name = "a second program under the agent's user id",
      outcome =
          "ended: isolation-lost, where own-uid is demanded, at once where the kernel tells the node; then refused",
      needs = {Needs.SETPRIV, Needs.PYTHON3})
  void secondProgramOfTheUser() throws Exception {
    try (var story = Story.of("somebody else with the same user id")) {
      place
          .rig()
          .agent("finance", "bot")
          .apart(Isolation.ISOLATION_OWN_UID)
          .forProcesses("unix:uid:64999", "unix:path:" + agent);
      var caller = story.opens("a caller", () -> place.caller(NOBODY, agent));
      story.step("it has an identity", () -> assertThat(caller.open()).isTrue());
      var before = place.running(caller.pid());
      var command = new ArrayList<>(NOBODY);
      command.addAll(List.of("sh", "-c", "echo here; exec sleep 600"));
      var other =
          story.opens(
              "another program of that user",
              () -> Running.start("other", command, Map.of(), Path.of("/tmp")));
      story.step("it runs", () -> other.line("here", AttachPlace.SOON));
      story.step(
          "the execution has ended",
          () -> assertThat(place.endReasonAtOnce(before)).isEqualTo("isolation-lost"));
      story.step("nothing is had beside it", () -> assertThat(caller.open()).isFalse());
    }
  }

  @Trick(
      name = "a second program under the agent's user id that has ended its main thread",
      outcome = "refused, where own-uid is demanded: it counts as long as another thread runs",
      needs = {Needs.SETPRIV, Needs.PYTHON3})
  void secondProgramWithoutMainThread() throws Exception {
    try (var story = Story.of("somebody else with the same user id, shown as ended")) {
      place
          .rig()
          .agent("finance", "bot")
          .apart(Isolation.ISOLATION_OWN_UID)
          .forProcesses("unix:uid:64999", "unix:path:" + agent);
      var command = new ArrayList<>(NOBODY);
      command.addAll(List.of("/usr/bin/python3", "-c", WITHOUT_MAIN_THREAD));
      var other =
          story.opens(
              "another program of that user",
              () -> Running.start("other", command, Map.of(), Path.of("/tmp")));
      story.step("its main thread has ended", () -> other.line("here Z", AttachPlace.SOON));
      // It comes after that, so that no reading is of before.
      var caller = story.opens("a caller", () -> place.caller(NOBODY, agent));
      story.step("nothing is had beside it", () -> assertThat(caller.open()).isFalse());
    }
  }

  @Trick(
      name = "a file of the registered name with one byte more",
      outcome = "refused: unregistered",
      needs = Needs.PYTHON3)
  void anotherProgramOfTheName() throws Exception {
    try (var story = Story.of("another content under the name")) {
      var digest = Sha256.of(Files.readAllBytes(agent));
      place.rig().agent("finance", "bot").forProcesses("unix:sha256:" + digest);
      var honest = story.opens("the registered content", () -> place.caller(List.of(), agent));
      story.step("has an identity", () -> assertThat(honest.open()).isTrue());
      var elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
      var changed = PythonCaller.interpreter(elsewhere, "agent");
      Files.write(changed, new byte[1], StandardOpenOption.APPEND);
      var other =
          story.opens("one byte more, the same name", () -> place.caller(List.of(), changed));
      story.step("has none", () -> assertThat(other.open()).isFalse());
    }
  }
}
