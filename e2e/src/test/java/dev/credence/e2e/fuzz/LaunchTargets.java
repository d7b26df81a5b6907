package dev.credence.e2e.fuzz;

import com.google.protobuf.MessageLite;
import dev.credence.cli.run.RunParsers;
import dev.credence.node.launch.LaunchParsers;
import dev.credence.proto.launch.v1.LaunchEnded;
import dev.credence.proto.launch.v1.LaunchEvent;
import dev.credence.proto.launch.v1.LaunchRefused;
import dev.credence.proto.launch.v1.LaunchRequest;
import dev.credence.proto.launch.v1.LaunchStarted;
import dev.credence.proto.launch.v1.TerminalSize;
import dev.credence.proto.launch.v1.Variable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// What callers of the launch socket and the node tell each other.
final class LaunchTargets {

  private static final String CALLERS = "callers of the launch socket";

  private LaunchTargets() {}

  static List<Target> all() {
    try {
      Path place = LaunchParsers.place();
      var node = new LaunchParsers(place);
      Path answers = place.resolve("answers");
      answers.toFile().deleteOnExit();
      var run = new RunParsers(answers);
      return List.of(
          new Target(
              "launch-request",
              "LaunchPlan.of",
              CALLERS,
              requests().map(LaunchRequest::toByteArray).toList(),
              LaunchParsers.REFUSALS,
              node::request),
          new Target(
              "launch-frames",
              "Frames.read",
              CALLERS,
              requests().map(LaunchTargets::framed).toList(),
              LaunchParsers.REFUSALS,
              node::frame),
          new Target(
              "launch-answers",
              "Frames.read",
              "whoever serves the launch socket",
              answers().map(LaunchTargets::framed).toList(),
              Set.of(IOException.class),
              run::answer));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<LaunchRequest> requests() {
    return Stream.of(
            "sh -eu agent.sh --loud",
            "sh ./lib/agent.sh -c",
            "./agent --port 1",
            "sh agent.sh ../../etc/passwd")
        .map(command -> command.split(" ", -1))
        .map(words ->
            LaunchRequest.newBuilder()
                .setAgent("finance/invoice-bot")
                .setUser("nobody")
                .addAllArguments(List.of(words))
                .addEnvironment(Variable.newBuilder().setName("DEBUG").setValue("1"))
                .addEnvironment(Variable.newBuilder().setName("LD_PRELOAD").setValue("/x.so"))
                .addLocale(Variable.newBuilder().setName("LANG").setValue("de_DE.UTF-8"))
                .setTerminal(TerminalSize.newBuilder().setRows(24).setColumns(80))
                .build());
  }

  private static Stream<LaunchEvent> answers() {
    return Stream.of(
        LaunchEvent.newBuilder()
            .setStarted(LaunchStarted.newBuilder().setPid(7).addNotices("counts as file"))
            .build(),
        LaunchEvent.newBuilder()
            .setRefused(LaunchRefused.newBuilder().setMessage("no").setRunItYourself(true))
            .build(),
        LaunchEvent.newBuilder().setEnded(LaunchEnded.newBuilder().setSignal(9)).build());
  }

  private static byte[] framed(MessageLite message) {
    byte[] bytes = message.toByteArray();
    return ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes).array();
  }
}
