package dev.credence.e2e.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Sha256;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Story;
import dev.credence.node.PointListener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("races with processes that somebody else started")
class AttachRacesTest {
  private static final int CHILDREN = 8;
  private static final int TICKS = 60;

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
      name = "exec after connect, before anything was asked",
      outcome = "refused: a connection is that of the program that made it",
      needs = Needs.PYTHON3)
  void execAfterConnect() throws Exception {
    try (var story = Story.of("exec between connect and the first call")) {
      var evil = place.interpreter("evil");
      place.rig().agent("finance", "bot").forProcesses("unix:path:" + agent);
      var stranger = story.opens("a stranger", () -> place.caller(List.of(), evil));
      story.step(
          "connects, becomes the registered program, and is refused over that connection",
          () ->
              assertThat(stranger.ask("late " + agent, "late (message|closed)"))
                  .isEqualTo("closed"));
      story.step("a new one is its own", () -> assertThat(stranger.open()).isTrue());
      var honest = story.opens("the registered program", () -> place.caller(List.of(), agent));
      story.step(
          "connects, becomes a stranger, and that one is refused",
          () ->
              assertThat(honest.ask("late " + evil, "late (message|closed)")).isEqualTo("closed"));
    }
  }

  @Trick(
      name = "exec between attest and issue",
      outcome = "ended: process-changed; the certificate is told to nobody",
      needs = Needs.PYTHON3)
  void execBetweenAttestAndIssue() throws Exception {
    try (var story = Story.of("exec while the server answers")) {
      var evil = place.interpreter("evil");
      place.rig().agent("finance", "bot").forProcesses("unix:path:" + agent);
      var point = new HeldPoint(PointListener.Point.EXECUTION_OPENED);
      var node = story.ask("a node", () -> place.rig().addNode(point));
      story.afterwards("the node goes on", point::letGo);
      var caller = story.opens("a caller", () -> place.caller(agent, node));
      story.step("asks", () -> caller.say("open"));
      story.step("the certificate is there", point::awaitReached);
      var opened = place.running(caller.pid());
      int from = caller.say("exec-kept " + evil);
      story.step("meanwhile it becomes another program", () -> caller.told(from, "started (\\d+)"));
      story.step("the node goes on", point::letGo);
      story.step(
          "the stream ends without having said anything",
          () -> assertThat(caller.told(from, "kept (message|closed) \\d+")).isEqualTo("closed"));
      story.step(
          "the execution has ended",
          () -> assertThat(place.endReason(opened)).isEqualTo("process-changed"));
    }
  }

  @Trick(
      name = "PID reuse: the registered program gets the pid of the one that connected",
      outcome = "refused: the process that connected has ended",
      needs = {Needs.ROOT, Needs.PYTHON3})
  void pidReuse() throws Exception {
    try (var story = Story.of("a pid is used again")) {
      place.rig().agent("finance", "bot").forProcesses("unix:path:" + agent);
      var evil = place.interpreter("evil");
      for (var connecting : List.of(evil, agent)) {
        var caller = story.opens("a caller", () -> place.caller(List.of(), connecting));
        int from = caller.mark();
        var pid =
            story.ask(
                "its child's pid is used again",
                () -> caller.ask("reuse " + agent, "reused (\\d+)"));
        story.step(
            "by the registered program",
            () ->
                assertThat(Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe")))
                    .isEqualTo(agent));
        story.step(
            "who holds the connection is refused",
            () -> assertThat(caller.told(from, "holder (message|closed)")).isEqualTo("closed"));
      }
    }
  }

  @Trick(
      name = "symlink and rename races while a file is hashed",
      outcome = "refused: only the file that is executed is read, never what its path has become",
      needs = Needs.PYTHON3)
  void renames() throws Exception {
    try (var story = Story.of("names that change all the time")) {
      var evil = place.interpreter("evil");
      Files.write(evil, new byte[1], StandardOpenOption.APPEND);
      place.rig().agent("finance", "bot").forProcesses("unix:sha256:" + digest(agent));
      var liar = story.opens("another program", () -> place.caller(List.of(), evil));
      var honest = story.opens("the registered one", () -> place.caller(List.of(), agent));
      var swapper = story.opens("names are exchanged all the time", () -> swapper(agent, evil));
      story.step("they are", () -> swapper.line("swapping", AttachPlace.SOON));
      story.step(
          "no child of the other program is served",
          () -> assertThat(liar.ask("children " + CHILDREN, "served (\\d+)")).isEqualTo("0"));
      story.step("it goes on until now", () -> assertThat(swapper.isAlive()).isTrue());
      story.step("it ends", swapper::close);
      story.step("the registered one is served", () -> assertThat(honest.open()).isTrue());
    }
  }

  /// Exchanges two names, and points a symbolic link to each in turn, until it is closed.
  private Running swapper(Path one, Path two) throws Exception {
    var program =
        """
        import ctypes, os, sys
        one, two, link = (os.fsencode(word) for word in sys.argv[1:])
        libc = ctypes.CDLL(None)
        said = False
        while True:
            if libc.renameat2(-100, one, -100, two, 2):
                sys.exit("cannot exchange")
            for target in (one, two):
                os.symlink(target, link + b".next")
                os.rename(link + b".next", link)
            if not said:
                print("swapping", flush=True)
                said = True
        """;
    return Running.start(
        "swapper",
        List.of(
            "/usr/bin/python3",
            "-c",
            program,
            one.toString(),
            two.toString(),
            place.file("link").toString()),
        Map.of(),
        Path.of("/tmp"));
  }

  private static Sha256 digest(Path file) throws Exception {
    return Sha256.of(Files.readAllBytes(file));
  }

  @Trick(
      name = "an edit in place whose time of modification is put back, against remembered digests",
      outcome = "refused: unregistered",
      needs = {Needs.SETPRIV, Needs.PYTHON3})
  void editInPlace() throws Exception {
    try (var story = Story.of("edited between two starts")) {
      own(agent, 64998);
      place.rig().agent("finance", "bot").forProcesses("unix:sha256:" + digest(agent));
      place.nextLook();
      var first = story.opens("a process", () -> place.caller(AttachPlace.as(64999), agent));
      story.step(
          "it is served, and the digest may be remembered",
          () -> assertThat(first.open()).isTrue());
      story.step("it ends", first::close);
      var before = Files.getLastModifiedTime(agent);
      story.step(
          "one byte more, the old time",
          () -> {
            Files.write(agent, new byte[1], StandardOpenOption.APPEND);
            Files.setLastModifiedTime(agent, before);
          });
      var second =
          story.opens("the next process", () -> place.caller(AttachPlace.as(64999), agent));
      story.step("is refused", () -> assertThat(second.open()).isFalse());
      story.step(
          "the same size, the old time",
          () -> {
            second.close();
            flip(agent);
            Files.setLastModifiedTime(agent, before);
          });
      var third = story.opens("and the next", () -> place.caller(AttachPlace.as(64999), agent));
      story.step("is refused too", () -> assertThat(third.open()).isFalse());
    }
  }

  @Trick(
      name = "an edit in the tick in which the file was read, so that no time of it moves",
      outcome = "refused: unregistered",
      needs = {Needs.ROOT, Needs.SETPRIV, Needs.LOOP, Needs.PYTHON3})
  void sameTick() throws Exception {
    try (var story = Story.of("edited without a trace in its times")) {
      var mount = story.opens("times count in seconds", () -> CoarseMount.in(place.file("")));
      var program = PythonCaller.interpreter(mount.folder(), "agent");
      Files.write(program, new byte[] {0}, StandardOpenOption.APPEND);
      own(program, 64998);
      place.rig().agent("finance", "bot").forProcesses("unix:sha256:" + digest(program));
      story.step(
          "until an edit moved no time, and each time refused",
          () -> {
            boolean unmoved = false;
            for (int i = 0; i < TICKS && !unmoved; i++) {
              unmoved = editsInOneTick(program);
            }
            assertThat(unmoved).as("an edit that moved no time").isTrue();
          });
    }
  }

  /// @return whether the times of the file were the same before and after
  private boolean editsInOneTick(Path program) throws Exception {
    lastByte(program, 0);
    var before = times(program);
    place.toNow();
    try (var honest = place.caller(AttachPlace.as(64999), program)) {
      assertThat(honest.open()).isTrue();
    }
    lastByte(program, 1);
    var after = times(program);
    try (var changed = place.caller(AttachPlace.as(64999), program)) {
      assertThat(changed.open()).isFalse();
    }
    return before.equals(after);
  }

  private static Map<String, Object> times(Path file) throws Exception {
    return Files.readAttributes(file, "unix:lastModifiedTime,ctime,size,ino");
  }

  /// Another last byte, in place.
  private static void flip(Path file) throws Exception {
    lastByte(file, 1);
  }

  private static void lastByte(Path file, int value) throws Exception {
    try (var content = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
      content.position(content.size() - 1);
      content.write(java.nio.ByteBuffer.wrap(new byte[] {(byte) value}));
    }
  }

  private static void own(Path file, int uid) throws Exception {
    Files.setAttribute(file, "unix:uid", uid);
  }

  @Trick(
      name = "writes through a shared mapping, which move no time, to a library in use",
      outcome = "ended: code-changed, at the next look",
      needs = {Needs.SETPRIV, Needs.PYTHON3})
  void mappedWrites() throws Exception {
    try (var story = Story.of("a library changes without a time")) {
      var library =
          Files.copy(Path.of("/usr/lib/x86_64-linux-gnu/libz.so.1"), place.file("lib.so"));
      Files.write(library, new byte[4096], StandardOpenOption.APPEND);
      own(library, 64998);
      var writer = story.opens("its owner maps it", () -> writer(library));
      story.step("and has written to it", () -> writer.line("written 0", AttachPlace.SOON));
      place
          .rig()
          .agent("finance", "bot")
          .forProcesses("unix:path:" + agent, "process:mapped_sha256:" + digest(library));
      place.nextLook();
      var caller =
          story.opens(
              "an agent of another user",
              () -> place.preloading(AttachPlace.as(64999), library, agent));
      story.step("it is served", () -> assertThat(caller.open()).isTrue());
      var before = place.running(caller.pid());
      story.step(
          "the owner writes again",
          () -> {
            writer.say("1");
            writer.line("written 1", AttachPlace.SOON);
          });
      story.step(
          "its execution has ended",
          () -> assertThat(place.endReason(before)).isEqualTo("code-changed"));
    }
  }

  /// Writes a digit to the end of a file, through a mapping that it keeps; then others on demand.
  private static Running writer(Path file) throws Exception {
    var program =
        """
        import mmap, os, sys
        memory = mmap.mmap(os.open(sys.argv[1], os.O_RDWR), 0)
        memory[-1] = 0
        print("written 0", flush=True)
        for line in sys.stdin:
            memory[-1] = int(line)
            print("written", line.strip(), flush=True)
        """;
    var command = new ArrayList<>(AttachPlace.as(64998));
    command.addAll(List.of("/usr/bin/python3", "-c", program, file.toString()));
    return Running.start("writer", command, Map.of(), Path.of("/tmp"));
  }

  @Trick(
      name = "LD_PRELOAD of a process that somebody else started",
      outcome = "seen: process:mapped_path names the library; nothing else tells it apart",
      needs = Needs.PYTHON3)
  void preload() throws Exception {
    try (var story = Story.of("a library put before the others")) {
      var library =
          Files.copy(Path.of("/usr/lib/x86_64-linux-gnu/libz.so.1"), place.file("lib.so"));
      place
          .rig()
          .agent("finance", "inspected")
          .forProcesses("unix:path:" + agent, "process:mapped_path:" + library.toRealPath());
      var plain = story.opens("without", () -> place.caller(List.of(), agent));
      story.step("is told apart", () -> assertThat(plain.open()).isFalse());
      var loaded =
          story.opens("with LD_PRELOAD", () -> place.preloading(List.of(), library, agent));
      story.step("is seen", () -> assertThat(loaded.open()).isTrue());
    }
  }

  @Trick(
      name = "/proc mounted elsewhere: a made-up one in the caller's own mount namespace",
      outcome = "refused: unregistered",
      needs = {Needs.SETPRIV, Needs.USER_NAMESPACES, Needs.PYTHON3})
  void anotherProc() throws Exception {
    try (var story = Story.of("a made-up /proc")) {
      var evil = place.interpreter("evil");
      place.rig().agent("finance", "bot").forProcesses("unix:path:" + agent);
      var before = new ArrayList<>(AttachPlace.as(64999));
      before.addAll(
          List.of(
              "unshare",
              "--user",
              "--map-root-user",
              "--mount",
              "sh",
              "-c",
              """
              pid=$$
              mount -t tmpfs none /proc && mkdir /proc/$pid /proc/self || exit 1
              for each in $pid self; do
                ln -s "$0" /proc/$each/exe; echo "$0" > /proc/$each/cmdline
              done
              exec "$@"
              """,
              agent.toString()));
      var liar = story.opens("a caller with its own /proc", () -> place.caller(before, evil));
      story.step("is not deceived by it", () -> assertThat(liar.open()).isFalse());
      var honest = story.opens("an honest one", () -> place.caller(AttachPlace.as(64999), agent));
      story.step("is served", () -> assertThat(honest.open()).isTrue());
    }
  }

  @Trick(
      name = "a 10 GiB executable, and a storm of forks that all ask",
      outcome = "refused; others have their identity meanwhile",
      needs = {Needs.SETPRIV, Needs.PYTHON3})
  void floods() throws Exception {
    try (var story = Story.of("one user's flood")) {
      place
          .rig()
          .agent("finance", "bot")
          .forProcesses("unix:uid:64998", "unix:sha256:" + digest(agent));
      var huge = grown("huge", 10L << 30);
      var large = grown("large", 500L << 20);
      own(large, 64999);
      var giant = story.opens("10 GiB", () -> place.caller(AttachPlace.as(64999), huge));
      story.step("is refused", () -> assertThat(giant.open()).isFalse());
      var storm = story.opens("500 MiB", () -> place.caller(AttachPlace.as(64999), large));
      story.step("200 of it ask at once", () -> storm.ask("storm 200", "(storm)"));
      var other = story.opens("another user", () -> place.caller(AttachPlace.as(64998), agent));
      story.step("has its identity meanwhile", () -> assertThat(other.open()).isTrue());
      story.step("its children too", () -> other.ask("child", "child (\\d+) message"));
    }
  }

  private Path grown(String name, long size) throws Exception {
    var file = place.interpreter(name);
    try (var content = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
      content.position(size - 1);
      content.write(java.nio.ByteBuffer.wrap(new byte[1]));
    }
    return file;
  }
}
