package dev.credence.bench;

import dev.credence.proto.workload.X509SVIDResponse;
import dev.credence.transport.UnixSocketChannels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// From the call that registers to the SVID on a stream that is already open, and from the call
/// that retires to the message without it.
///
/// @param root the project's folder
record RegistrationBench(Path root) implements Bench {

  private static final int COLD = 20;
  private static final int ROUNDS = 500;

  @Override
  public String name() {
    return "registration";
  }

  @Override
  public void run(Report report) throws Exception {
    report.section("Registration → usable, retired → gone");
    var executable = Path.of("/proc/self/exe").toRealPath();
    try (var scratch = Scratch.create();
        var plane = Plane.start(root.resolve("credence"), scratch.folder())) {
      // The administrator runs from another executable, or it would be an agent too.
      plane.register("first", executable);
      try (var admin = administrator(plane, scratch.folder(), executable)) {
        var channel = UnixSocketChannels.open(plane.socket());
        try (var stream = Workload.open(channel)) {
          var rounds = new Rounds(admin, stream);
          var cold = rounds.run(COLD);
          var warmUp =
              new WarmUp(
                  report,
                  plane.server(),
                  plane.node(),
                  ProcessStat.self(),
                  new ProcessStat(admin.pid()));
          var warm = warmUp.run(() -> rounds.run(ROUNDS));
          report.row("**create sent → its SVID on the open stream**; " + warmUp, warm.created);
          report.row(
              "create answered → its SVID on the open stream (negative counts as 0)",
              warm.createdAfterAnswer);
          report.row("**retire sent → its SVID gone from the open stream**", warm.retired);
          report.row("create, the first " + COLD + " of a cold server and node", cold.created);
          report.row("retire, the first " + COLD + " of a cold server and node", cold.retired);
        } finally {
          channel.shutdownNow();
        }
      }
    }
  }

  private record Samples(Sample created, Sample createdAfterAnswer, Sample retired) {
    @Override
    public String toString() {
      return "created " + created + "; retired " + retired;
    }
  }

  /// One agent after the other, each gone before the next: the message stays small.
  private static final class Rounds {
    private final Child admin;
    private final Workload stream;
    private int next;

    Rounds(Child admin, Workload stream) {
      this.admin = admin;
      this.stream = stream;
    }

    Samples run(int rounds) throws IOException, InterruptedException {
      var samples = new Samples(new Sample(rounds), new Sample(rounds), new Sample(rounds));
      for (int i = 0; i < rounds; i++) {
        var name = "a" + next++;
        var created = arrival("create " + name, true);
        samples.created.add(created.sinceSent());
        samples.createdAfterAnswer.add(Math.max(0, created.sinceAnswered()));
        samples.retired.add(arrival("retire " + name, false).sinceSent());
      }
      return samples;
    }

    private Arrival arrival(String command, boolean there)
        throws IOException, InterruptedException {
      admin.say(command);
      var words = admin.line().split(" ", -1);
      var arrival = stream.next();
      while (has(arrival.message(), words[2]) != there) {
        arrival = stream.next();
      }
      return new Arrival(
          arrival.nanos() - Long.parseLong(words[0]), arrival.nanos() - Long.parseLong(words[1]));
    }

    private static boolean has(X509SVIDResponse message, String spiffeId) {
      return message.getSvidsList().stream().anyMatch(svid -> svid.getSpiffeId().equals(spiffeId));
    }
  }

  private record Arrival(long sinceSent, long sinceAnswered) {}

  private Child administrator(Plane plane, Path folder, Path executable) throws IOException {
    var jdk = executable.resolve("../..").normalize();
    var copy = folder.resolve("admin");
    Files.createDirectories(copy.resolve("bin"));
    Files.copy(executable, copy.resolve("bin/java"));
    for (var part : List.of("lib", "conf")) {
      Files.createSymbolicLink(copy.resolve(part), jdk.resolve(part));
    }
    var command =
        List.of(
            copy.resolve("bin/java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            root.resolve("bench/target/classes") + ":" + root.resolve("bench/target/lib/*"),
            AdminMain.class.getName(),
            plane.adminSocket().toString(),
            executable.toString());
    return Child.start(command, Map.of(), Path.of("/dev/null"));
  }
}
