package dev.credence.e2e.program;

import dev.credence.e2e.story.Story;
import dev.credence.e2e.workload.Seen;
import dev.credence.e2e.workload.SpeakerMain;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Two processes with unmodified java-spiffe, an agent and a tool, that a test steps through: the
/// agent has an open stream of SVIDs and an mTLS connection that stays open. Used by one thread.
public final class Dialogue implements AutoCloseable, Story.HasLog {

  private static final Duration SOON = Duration.ofSeconds(60);

  private final Running tool;
  private final Running agent;

  private Dialogue(Running tool, Running agent) {
    this.tool = tool;
    this.agent = agent;
  }

  /// Starts both.
  public static Dialogue start(Path socket, Conversation.Side tool, Conversation.Side agent)
      throws IOException, InterruptedException {
    var listening = side(socket, tool, agent.spiffeId(), List.of());
    var port = listening.line("port (\\d+)", SOON).group(1);
    var calling = side(socket, agent, tool.spiffeId(), List.of(port));
    calling.line("started", SOON);
    return new Dialogue(listening, calling);
  }

  private static Running side(Path socket, Conversation.Side side, String peer, List<String> more)
      throws IOException {
    var command = new ArrayList<>(List.of(side.java().executable().toString()));
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx128m",
            "--enable-native-access=ALL-UNNAMED"));
    command.addAll(
        List.of("-cp", ClassPath.ofTests(), SpeakerMain.class.getName(), socket.toString(), peer));
    command.addAll(more);
    return Running.start("speaker", command, Map.of(), Path.of("/tmp"));
  }

  /// The agent's process.
  public Running agent() {
    return agent;
  }

  /// Where the agent's output is now.
  public int mark() {
    return agent.out().mark();
  }

  /// Opens a stream of SVIDs and gives its only one.
  public Seen open() throws IOException, InterruptedException {
    int from = mark();
    agent.say("stream");
    return message(from);
  }

  /// The next message on a stream, from place `from` on.
  public Seen message(int from) throws InterruptedException {
    var all = Seen.parse(agent.line(from, "message \\d+ (.*)", SOON).group(1));
    if (all.size() != 1) {
      throw new AssertionError("SVIDs in a message: " + all + " (expected: one)");
    }
    return all.getFirst();
  }

  /// The end of a stream, from place `from` on: "PERMISSION_DENIED no identity issued".
  public String closed(int from) throws InterruptedException {
    return agent.line(from, "closed \\d+ (.*)", SOON).group(1);
  }

  /// The serial of what its X509Source holds.
  public String held() throws IOException, InterruptedException {
    return ask("source").replaceFirst("^source ", "");
  }

  /// One more handshake: "ok SERIAL" as the tool saw it, or "failed ...".
  public String call() throws IOException, InterruptedException {
    return ask("call").replaceFirst("^call ", "");
  }

  /// A connection that stays.
  public String hold() throws IOException, InterruptedException {
    return ask("hold").replaceFirst("^hold ", "");
  }

  /// Something said over the connection that stayed.
  public String ping() throws IOException, InterruptedException {
    return ask("ping").replaceFirst("^ping ", "");
  }

  private String ask(String command) throws IOException, InterruptedException {
    int from = mark();
    agent.say(command);
    return agent.line(from, "(?:source|call|hold|ping) .*", SOON).group();
  }

  @Override
  public String log() {
    return tool.log() + agent.log();
  }

  @Override
  public void close() {
    agent.close();
    tool.close();
  }
}
