package dev.credence.e2e.program;

import dev.credence.e2e.story.Story;
import java.io.IOException;
import java.util.List;

/// Two processes with unmodified java-spiffe, an agent and a tool, that a test steps through: both
/// may have open streams of SVIDs, and between them is an mTLS connection that stays open. Used by
/// one thread.
public final class Dialogue implements AutoCloseable, Story.HasLog {

  private final Speaker tool;
  private final Speaker agent;

  private Dialogue(Speaker tool, Speaker agent) {
    this.tool = tool;
    this.agent = agent;
  }

  /// Starts both, each at its node.
  public static Dialogue start(Conversation.Side tool, Conversation.Side agent)
      throws IOException, InterruptedException {
    var listening = Speaker.start(tool, agent.spiffeId(), List.of());
    var port = listening.begun("port (\\d+)");
    var calling = Speaker.start(agent, tool.spiffeId(), List.of(port));
    calling.begun("(started)");
    return new Dialogue(listening, calling);
  }

  /// Who is called.
  public Speaker tool() {
    return tool;
  }

  /// Who calls.
  public Speaker agent() {
    return agent;
  }

  /// One more handshake: "ok SERIAL" of the agent's SVID as the tool saw it, or "failed ...".
  public String call() throws IOException, InterruptedException {
    return agent.ask("call");
  }

  /// One more handshake: "ok SERIAL" of the tool's SVID as the agent saw it, or "failed ...".
  public String peer() throws IOException, InterruptedException {
    return agent.ask("peer");
  }

  /// A connection that stays.
  public String hold() throws IOException, InterruptedException {
    return agent.ask("hold");
  }

  /// Something said over the connection that stayed.
  public String ping() throws IOException, InterruptedException {
    return agent.ask("ping");
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
