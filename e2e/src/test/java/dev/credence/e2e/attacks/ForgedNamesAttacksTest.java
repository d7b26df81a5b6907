package dev.credence.e2e.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Story;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("names that look like lines of /proc/PID/status")
class ForgedNamesAttacksTest {
  private static final List<String> NOBODY = AttachPlace.as(64999);

  /// PTRACE_SEIZE: the traced process goes on.
  private static final String TRACER =
      "import ctypes,sys;print('traced',ctypes.CDLL(None).ptrace(0x4206,int(sys.argv[1]),0,0),flush=True);input()";

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
      name = "a process whose name holds a line of further groups",
      outcome = "refused: unregistered, as what it is",
      needs = {Needs.SETPRIV, Needs.PYTHON3})
  void groups() throws Exception {
    try (var story = Story.of("a name with groups in it")) {
      place
          .rig()
          .agent("finance", "bot")
          .forProcesses("unix:path:" + agent, "unix:supplementary_gid:27");
      var caller = story.opens("a caller", () -> place.caller(NOBODY, agent));
      story.step("it calls itself so", () -> caller.ask("name Groups:27", "(named)"));
      story.step("it is in no such group", () -> assertThat(caller.open()).isFalse());
      var member =
          story.opens(
              "who is in it",
              () ->
                  place.caller(
                      List.of("setpriv", "--reuid=64999", "--regid=64999", "--groups=27"), agent));
      story.step("has the identity", () -> assertThat(member.open()).isTrue());
    }
  }

  @Trick(
      name = "a traced process whose name holds the line that nobody traces it",
      outcome = "ended: process-traced; refused while it is traced",
      needs = {Needs.ROOT, Needs.PYTHON3})
  void tracer() throws Exception {
    try (var story = Story.of("a tracer that a name hides")) {
      place.rig().agent("finance", "bot").forProcesses("unix:path:" + agent);
      var caller = story.opens("a caller", () -> place.caller(List.of(), agent));
      story.step("it calls itself so", () -> caller.ask("name TracerPid:0", "(named)"));
      story.step("it has an identity", () -> assertThat(caller.open()).isTrue());
      var before = place.running(caller.pid());
      var tracer =
          story.opens(
              "a tracer",
              () ->
                  Running.start(
                      "tracer",
                      List.of("/usr/bin/python3", "-c", TRACER, Integer.toString(caller.pid())),
                      Map.of(),
                      Path.of("/tmp")));
      story.step("it traces", () -> tracer.line("traced 0", AttachPlace.SOON));
      story.step(
          "the execution has ended",
          () -> assertThat(place.endReason(before)).isEqualTo("process-traced"));
      story.step("nothing is had while it is traced", () -> assertThat(caller.open()).isFalse());
    }
  }
}
