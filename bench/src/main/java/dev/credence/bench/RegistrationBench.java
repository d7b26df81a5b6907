package dev.credence.bench;

import dev.credence.transport.UnixSocketChannels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// From the call that registers to the SVID on a stream that is already open.
///
/// @param root the project's folder
record RegistrationBench(Path root) implements Bench {

  // Each registration adds an identity to this process: more would measure the size of the message.
  private static final int WARM = 20;
  private static final int ROUNDS = 100;

  @Override
  public String name() {
    return "registration";
  }

  @Override
  public void run(Report report) throws Exception {
    report.section("Registration → usable");
    var warm = new Sample(WARM);
    var called = new Sample(ROUNDS);
    var replied = new Sample(ROUNDS);
    for (int part = 0; part < 5; part++) {
      part(warm.size() == 0 ? warm : new Sample(WARM), called, replied, ROUNDS / 5);
    }
    report.row("**create sent → its SVID on the open stream**", called);
    report.row("create answered → its SVID on the open stream (negative counts as 0)", replied);
    report.row("the first " + WARM + " of a cold server and node", warm);
  }

  private void part(Sample warm, Sample called, Sample replied, int rounds) throws Exception {
    var executable = Path.of("/proc/self/exe").toRealPath();
    try (var scratch = Scratch.create();
        var plane = Plane.start(root.resolve("credence"), scratch.folder())) {
      // The administrator runs from another executable, or it would be an agent too.
      plane.register("first", executable);
      try (var admin = administrator(plane, scratch.folder(), executable)) {
        var channel = UnixSocketChannels.open(plane.socket());
        try (var stream = Workload.open(channel)) {
          for (int i = 0; i < WARM + rounds; i++) {
            var arrival = arrival(admin, stream, "a" + i);
            (i < WARM ? warm : called).add(arrival.sinceSent());
            if (i >= WARM) {
              replied.add(Math.max(0, arrival.sinceAnswered()));
            }
          }
        } finally {
          channel.shutdownNow();
        }
      }
    }
  }

  private record Arrival(long sinceSent, long sinceAnswered) {}

  private static Arrival arrival(Child admin, Workload stream, String name)
      throws IOException, InterruptedException {
    admin.say(name);
    var words = admin.line().split(" ", -1);
    var arrival = stream.next();
    while (arrival.message().getSvidsList().stream()
        .noneMatch(svid -> svid.getSpiffeId().equals(words[2]))) {
      arrival = stream.next();
    }
    return new Arrival(
        arrival.nanos() - Long.parseLong(words[0]), arrival.nanos() - Long.parseLong(words[1]));
  }

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
