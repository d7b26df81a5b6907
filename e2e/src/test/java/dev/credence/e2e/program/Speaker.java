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
import java.util.Optional;
import java.util.regex.Pattern;

/// One side of a [Dialogue]: a process with an X509Source of unmodified java-spiffe and raw streams
/// of SVIDs beside it. Used by one thread.
public final class Speaker implements AutoCloseable, Story.HasLog {

  private static final Duration SOON = Duration.ofSeconds(60);

  private final Running process;

  private Speaker(Running process) {
    this.process = process;
  }

  static Speaker start(Conversation.Side side, String peer, List<String> more) throws IOException {
    var command = new ArrayList<>(List.of(side.java().executable().toString()));
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx128m",
            "--enable-native-access=ALL-UNNAMED"));
    command.addAll(
        List.of("-cp", ClassPath.ofTests(), SpeakerMain.class.getName(), side.socket().toString()));
    command.add(peer);
    command.addAll(more);
    return new Speaker(Running.start("speaker", command, Map.of(), Path.of("/tmp")));
  }

  /// What it says when it has begun.
  String begun(String pattern) throws InterruptedException {
    return process.line(pattern, SOON).group(1);
  }

  /// Where its output is now.
  public int mark() {
    return process.out().mark();
  }

  /// Opens a stream of SVIDs and gives its only one.
  public Seen open() throws IOException, InterruptedException {
    int from = mark();
    process.say("stream");
    return message(from);
  }

  /// Opens a stream of SVIDs; empty if it is refused.
  public Optional<Seen> tryOpen() throws IOException, InterruptedException {
    int from = mark();
    process.say("stream");
    var answer = process.line(from, "(message|closed) \\d+ (.*)", SOON);
    return answer.group(1).equals("message")
        ? Optional.of(Seen.parse(answer.group(2)).getFirst())
        : Optional.empty();
  }

  /// Opens a stream of SVIDs that must be refused: "PERMISSION_DENIED no identity issued".
  public String refused() throws IOException, InterruptedException {
    int from = mark();
    process.say("stream");
    return closed(from);
  }

  /// The next message on a stream, from place `from` on.
  public Seen message(int from) throws InterruptedException {
    var all = Seen.parse(process.line(from, "message \\d+ (.*)", SOON).group(1));
    if (all.size() != 1) {
      throw new AssertionError("SVIDs in a message: " + all + " (expected: one)");
    }
    return all.getFirst();
  }

  /// The first message that names this path, from place `from` on; others may come before it.
  public Seen message(int from, String path) throws InterruptedException {
    var pattern = "message \\d+ (spiffe://[^/|]+" + Pattern.quote(path) + "\\|.*)";
    return Seen.parse(process.line(from, pattern, SOON).group(1)).getFirst();
  }

  /// The end of a stream, from place `from` on: "PERMISSION_DENIED no identity issued".
  public String closed(int from) throws InterruptedException {
    return process.line(from, "closed \\d+ (.*)", SOON).group(1);
  }

  /// A command that is answered by one line beginning with its own name, which is left out.
  String ask(String command) throws IOException, InterruptedException {
    int from = mark();
    process.say(command);
    return process.line(from, command + " (.*)", SOON).group(1);
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
