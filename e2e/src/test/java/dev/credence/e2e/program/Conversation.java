package dev.credence.e2e.program;

import dev.credence.e2e.story.Story;
import dev.credence.e2e.workload.ConversationMain;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Two processes with unmodified java-spiffe, each with an executable of its own: one listens, the
/// other makes one mTLS call after the other.
public final class Conversation implements AutoCloseable, Story.HasLog {

  private static final Duration SOON = Duration.ofSeconds(60);

  private final Running listening;
  private final Running calling;

  private Conversation(Running listening, Running calling) {
    this.listening = listening;
    this.calling = calling;
  }

  /// One side: its executable, its SPIFFE ID, and the socket of its node.
  public record Side(JavaCopy java, String spiffeId, Path socket) {
    /// At the socket that both use.
    public Side(JavaCopy java, String spiffeId) {
      this(java, spiffeId, Path.of(""));
    }

    Side at(Path shared) {
      return new Side(java, spiffeId, shared);
    }
  }

  /// How many calls there were.
  public record Count(int calls, int failed, String first) {}

  /// Starts both at one node.
  public static Conversation start(Path socket, Side tool, Side agent)
      throws IOException, InterruptedException {
    return start(tool.at(socket), agent.at(socket));
  }

  /// Starts each at its node.
  public static Conversation start(Side tool, Side agent) throws IOException, InterruptedException {
    var listening = side(tool, agent.spiffeId(), List.of());
    var port = listening.line("port (\\d+)", SOON).group(1);
    return new Conversation(listening, side(agent, tool.spiffeId(), List.of(port)));
  }

  private static Running side(Side side, String peer, List<String> more) throws IOException {
    var command = new ArrayList<>(List.of(side.java().executable().toString()));
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m"));
    command.addAll(
        List.of(
            "-cp",
            ClassPath.ofTests(),
            ConversationMain.class.getName(),
            side.socket().toString()));
    command.add(peer);
    command.addAll(more);
    return Running.start("conversation", command, Map.of(), Path.of("/tmp"));
  }

  /// The calls so far.
  public Count count() throws IOException, InterruptedException {
    int from = calling.out().mark();
    calling.say("count");
    var said = calling.line(from, "calls (\\d+) failed (\\d+) (.*)", SOON);
    return new Count(
        Integer.parseInt(said.group(1)), Integer.parseInt(said.group(2)), said.group(3));
  }

  @Override
  public String log() {
    return listening.log() + calling.log();
  }

  @Override
  public void close() {
    calling.close();
    listening.close();
  }
}
