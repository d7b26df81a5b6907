package dev.credence.e2e.attacks;

import dev.credence.e2e.client.Admin;
import dev.credence.e2e.rig.Rig;
import dev.credence.e2e.rig.RigNode;
import dev.credence.e2e.story.Await;
import dev.credence.proto.admin.v1.Execution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;

/// A rig whose socket callers of every user reach, and a folder with programs for them. Used by one
/// thread.
final class AttachPlace implements AutoCloseable {
  static final Duration SOON = Duration.ofSeconds(60);

  private static final Duration NEXT_LOOK = Duration.ofSeconds(11);

  private final Rig rig;
  private final Path folder;
  private final Path script;

  private AttachPlace(Rig rig, Path folder) throws IOException {
    this.rig = rig;
    this.folder = folder;
    this.script = PythonCaller.script(folder);
  }

  /// @param folder of the programs, empty
  static AttachPlace start(Path folder) throws Exception {
    open(folder);
    var place = new AttachPlace(Rig.start(), folder);
    open(place.rig.file(""));
    place.open(place.rig.node());
    return place;
  }

  private static void open(Path folder) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /// Lets everybody get to a node.
  void open(RigNode node) throws IOException {
    open(Objects.requireNonNull(node.socket().getParent()));
    Files.setPosixFilePermissions(node.socket(), PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  /// What starts a program as this user.
  static List<String> as(int uid) {
    return List.of("setpriv", "--reuid=" + uid, "--regid=" + uid, "--clear-groups");
  }

  Rig rig() {
    return rig;
  }

  Admin admin() {
    return rig.admin();
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  /// A copy of the interpreter.
  Path interpreter(String name) throws IOException {
    return PythonCaller.interpreter(folder, name);
  }

  PythonCaller caller(List<String> before, Path interpreter) throws Exception {
    return PythonCaller.start(before, interpreter, script, rig.node().socket());
  }

  /// A caller of another node.
  PythonCaller caller(Path interpreter, RigNode node) throws Exception {
    return PythonCaller.start(List.of(), interpreter, script, node.socket());
  }

  /// A caller with a library that is loaded before all others.
  PythonCaller preloading(List<String> before, Path library, Path interpreter) throws Exception {
    return PythonCaller.start(
        before,
        java.util.Map.of("LD_PRELOAD", library.toString()),
        interpreter,
        script,
        rig.node().socket());
  }

  /// The running execution of a process.
  Execution running(int pid) {
    return admin().executions(false).stream()
        .filter(one -> one.getProcess().getMark().getPid() == pid)
        .findFirst()
        .orElseThrow();
  }

  /// So much time passes that each process is looked at again.
  void nextLook() {
    rig.clock().advance(NEXT_LOOK);
  }

  /// The clock of the rig goes on to the real time, that of the files.
  void toNow() {
    var late =
        Duration.between(
            rig.clock().instant(), Clock.systemUTC().instant().truncatedTo(ChronoUnit.MILLIS));
    if (late.isPositive()) {
      rig.clock().advance(late);
    }
  }

  /// The time passes in which the node looks again at the latest.
  String endReason(Execution execution) throws Exception {
    return Await.answer(
            "end of " + execution.getId(),
            () -> {
              rig.clock().advance(Duration.ofMillis(500));
              return admin().execution(execution.getId());
            },
            Execution::hasEndedAt,
            SOON)
        .getEndReason();
  }

  /// Without the clock's help: somebody told the node.
  String endReasonAtOnce(Execution execution) throws Exception {
    return Await.answer(
            "end of " + execution.getId(),
            () -> admin().execution(execution.getId()),
            Execution::hasEndedAt,
            SOON)
        .getEndReason();
  }

  @Override
  public void close() {
    rig.close();
  }
}
