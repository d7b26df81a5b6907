package dev.credence.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Runs all measurements, or those that are named: `start`, `workload`, `registration`, `exit`,
/// `issuance`, `jwt`, `measure`, `live`, `nodes`; with another number of nodes or processes:
/// `nodes=COUNT`, `live=COUNT`; only by name: `idle=COUNT`, a server with so many quiet nodes. The
/// first argument is the project's root folder.
public final class BenchMain {

  // One user takes at most half of what a node takes, and 20,000 descriptors make that 987.
  private static final int LIVE = 950;

  private BenchMain() {}

  /// Prints tables on standard output.
  @ForbiddenApiAllowed("standard output is where the results go, standard error what goes on")
  public static void main(String[] arguments) throws Exception {
    Logger.getLogger("").setLevel(Level.OFF);
    var report = new Report(System.out, System.err);
    run(Path.of(arguments[0]), List.of(arguments).subList(1, arguments.length), report);
    System.exit(0);
  }

  private static void run(Path root, List<String> wanted, Report report) throws Exception {
    for (var bench : all(root)) {
      if (wanted.isEmpty() || wanted.contains(bench.name())) {
        bench.run(report);
      }
    }
    for (var one : wanted) {
      int equals = one.indexOf('=');
      if (equals > 0) {
        counted(root, one.substring(0, equals), Integer.parseInt(one.substring(equals + 1)))
            .run(report);
      }
    }
  }

  private static Bench counted(Path root, String name, int count) {
    return switch (name) {
      case "idle" -> NodesBench.idle(root, count);
      case "live" -> new LiveBench(root, count);
      case "nodes" -> NodesBench.everything(root, count);
      default ->
          throw new IllegalArgumentException(name + "=COUNT (expected: idle, live or nodes)");
    };
  }

  private static List<Bench> all(Path root) {
    return List.of(
        new StartBench(root),
        new WorkloadBench(root),
        new RegistrationBench(root),
        new ExitBench(root),
        new IssuanceBench(),
        new JwtBench(),
        new MeasureBench(),
        new LiveBench(root, LIVE),
        NodesBench.everything(root, 1_000));
  }
}
