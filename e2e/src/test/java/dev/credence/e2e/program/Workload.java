package dev.credence.e2e.program;

import dev.credence.e2e.story.Story;
import dev.credence.e2e.workload.Seen;
import dev.credence.e2e.workload.WorkloadMain;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A running workload process with an executable of its own.
public final class Workload implements AutoCloseable, Story.HasLog {

  private static final Duration SOON = Duration.ofSeconds(60);

  private final Running process;
  private final Path socket;

  private Workload(Running process, Path socket) {
    this.process = process;
    this.socket = socket;
  }

  /// Starts one that has not asked for anything yet.
  public static Workload start(JavaCopy java, Path socket)
      throws IOException, InterruptedException {
    var process =
        Running.start(
            "workload " + java.executable(), command(java, socket), Map.of(), Path.of("/tmp"));
    process.line("started (\\d+)", SOON);
    return new Workload(process, socket);
  }

  /// Starts one in a container.
  ///
  /// @param command what runs a container in the foreground, up to where its program's command line
  ///   begins; the container sees the folders of the class path, and the socket
  /// @param java the launcher, as the container sees it
  public static Workload inContainer(
      List<String> command, Map<String, String> environment, String java, Path socket)
      throws IOException, InterruptedException {
    var whole = new ArrayList<>(command);
    whole.addAll(command(java, socket));
    var process = Running.start("container", whole, environment, Path.of("/tmp"));
    process.line("started (\\d+)", SOON);
    return new Workload(process, socket);
  }

  private static List<String> command(JavaCopy java, Path socket) {
    return command(java.executable().toString(), socket);
  }

  private static List<String> command(String java, Path socket) {
    var command = new ArrayList<>(List.of(java));
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-Xmx64m",
            "--enable-native-access=ALL-UNNAMED"));
    command.addAll(
        List.of("-cp", ClassPath.ofTests(), WorkloadMain.class.getName(), socket.toString()));
    return command;
  }

  /// Its process.
  public Running process() {
    return process;
  }

  /// Opens a new connection and stream, and gives what its first message says.
  ///
  /// @throws AssertionError the stream was refused
  public List<Seen> fetch() throws IOException, InterruptedException {
    int from = process.out().mark();
    process.say("open");
    var answer = process.line(from, "(message|closed) \\d+ ?(.*)", SOON);
    if (answer.group(1).equals("closed")) {
      throw new AssertionError("the stream was refused: " + answer.group());
    }
    return Seen.parse(answer.group(2));
  }

  /// Opens a new connection and stream, which must be refused: "PERMISSION_DENIED no identity
  /// issued".
  public String refused() throws IOException, InterruptedException {
    int from = process.out().mark();
    process.say("open");
    var answer = process.line(from, "(message|closed) \\d+ ?(.*)", SOON);
    if (answer.group(1).equals("message")) {
      throw new AssertionError("the stream was not refused: " + answer.group());
    }
    return answer.group(2);
  }

  /// The next message on any of its streams, from place `from` on.
  public List<Seen> message(int from, Duration atMost) throws InterruptedException {
    return Seen.parse(process.line(from, "message \\d+ (.*)", atMost).group(1));
  }

  /// The end of a stream, from place `from` on: "UNAVAILABLE execution ended".
  public String closed(int from, Duration atMost) throws InterruptedException {
    return process.line(from, "closed \\d+ (.*)", atMost).group(1);
  }

  /// Where its output is now.
  public int mark() {
    return process.out().mark();
  }

  /// Becomes the same program in another executable. Returns once the new one runs.
  public void exec(JavaCopy other, boolean keepSockets) throws IOException, InterruptedException {
    int from = process.out().mark();
    process.say("exec " + keepSockets + " " + String.join(" ", command(other, socket)));
    process.line(from, "started (\\d+)", SOON);
  }

  /// Has it run a child of the same executable that opens one stream, and gives what that one is
  /// told: "message ..." or "closed CODE text".
  ///
  /// @param orphan by a double fork: the child's parent is gone
  public String child(JavaCopy java, boolean orphan) throws IOException, InterruptedException {
    int from = process.out().mark();
    process.say("child " + orphan + " " + String.join(" ", command(java, socket)));
    process.line(from, "started (\\d+)", SOON);
    var answer = process.line(from, "(message|closed) \\d+ ?(.*)", SOON);
    return answer.group(1) + " " + answer.group(2);
  }

  /// Asks it to exit, and waits until it has.
  public void exit() throws IOException, InterruptedException {
    process.say("exit 0");
    process.exit(SOON);
  }

  @Override
  public String log() {
    return process.log();
  }

  @Override
  public void close() {
    process.close();
  }
}
