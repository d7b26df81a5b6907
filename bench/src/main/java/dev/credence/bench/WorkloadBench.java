package dev.credence.bench;

import dev.credence.transport.UnixSocketChannels;
import io.grpc.Channel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// From a call to the SVID, for processes that the node knows and for such that it has never seen.
///
/// @param root the project's folder
record WorkloadBench(Path root) implements Bench {

  private static final int STREAMS = 20_000;
  // A node closes connections on which streams are reset much faster than any client would.
  private static final int STREAMS_PER_CONNECTION = 150;
  private static final int CONNECTIONS = 2_000;
  private static final int PROCESSES = 500;
  private static final String NEVER_SEEN_CPU =
      "CPU per process never seen, begin and end of its execution included: node, server";

  @Override
  public String name() {
    return "workload";
  }

  @Override
  public void run(Report report) throws Exception {
    report.section("Workload API");
    try (var scratch = Scratch.create();
        var plane = Plane.start(root.resolve("credence"), scratch.folder())) {
      plane.register("known", Path.of("/proc/self/exe").toRealPath());
      plane.register("never-seen", Clients.python());
      openConnection(plane, report);
      newConnection(plane, report);
      neverSeen(plane, report);
      report.row("server, after all that: VmRSS", plane.server().resident());
      report.row("node, after all that: VmRSS", plane.node().resident());
    }
  }

  private static void openConnection(Plane plane, Report report) throws Exception {
    var node = new CpuSpent(plane.node());
    var warmUp = new WarmUp(report, plane.node(), ProcessStat.self());
    var sample = warmUp.run(() -> node.during(() -> streams(plane, STREAMS)));
    report.row("known process, open connection: new stream → SVID; " + warmUp, sample);
    report.row("the same: CPU of the node per stream", node.each(STREAMS));
  }

  private static Sample streams(Plane plane, int count) throws InterruptedException {
    var sample = new Sample(count);
    while (sample.size() < count) {
      var channel = UnixSocketChannels.open(plane.socket());
      try {
        // The first one makes the connection.
        stream(channel);
        for (int i = 0; i < STREAMS_PER_CONNECTION && sample.size() < count; i++) {
          sample.add(stream(channel));
        }
      } finally {
        channel.shutdownNow();
      }
    }
    return sample;
  }

  private static long stream(Channel channel) throws InterruptedException {
    long began = System.nanoTime();
    try (var workload = Workload.open(channel)) {
      return workload.next().nanos() - began;
    }
  }

  private static void newConnection(Plane plane, Report report) throws Exception {
    // A stream that stays keeps the process known while connections come and go.
    var kept = UnixSocketChannels.open(plane.socket());
    try (var stays = Workload.open(kept)) {
      if (stays.next().message().getSvidsCount() != 1) {
        throw new IllegalStateException("expected one SVID");
      }
      var warmUp = new WarmUp(report, plane.node(), ProcessStat.self());
      var sample = warmUp.run(() -> connections(plane));
      report.row(
          "known process, new connection → SVID (a new gRPC channel with its own thread each time); "
              + warmUp,
          sample);
    } finally {
      kept.shutdownNow();
    }
  }

  private static Sample connections(Plane plane) throws InterruptedException {
    var sample = new Sample(CONNECTIONS);
    for (int i = 0; i < CONNECTIONS; i++) {
      long began = System.nanoTime();
      var channel = UnixSocketChannels.open(plane.socket());
      try (var workload = Workload.open(channel)) {
        sample.add(workload.next().nanos() - began);
      } finally {
        channel.shutdownNow();
      }
    }
    return sample;
  }

  private void neverSeen(Plane plane, Report report) throws Exception {
    report.row(
        "a new process each time: connect → answer of the node's health service (floor of the Python client)",
        processes("health", plane));
    var node = new CpuSpent(plane.node());
    var server = new CpuSpent(plane.server());
    var cold = node.during(() -> server.during(() -> processes("first", plane)));
    report.row("**process never seen → its first SVID** (the first " + PROCESSES + ")", cold);
    report.row(NEVER_SEEN_CPU, node.each(PROCESSES) + ", " + server.each(PROCESSES));
    // Each takes so much code once only that the compilers are busy for some thousands.
    var warmUp = new WarmUp(report, plane.node(), plane.server());
    var warm = warmUp.run(() -> node.during(() -> server.during(() -> processes("first", plane))));
    report.row("**the same, daemons warm**; " + warmUp, warm);
    report.row(NEVER_SEEN_CPU, node.each(PROCESSES) + ", " + server.each(PROCESSES));
  }

  private Sample processes(String what, Plane plane) throws IOException, InterruptedException {
    var command = Clients.command(root, what, plane.socket(), PROCESSES);
    var sample = new Sample(PROCESSES);
    try (var child = Child.start(command, Map.of(), Path.of("/dev/stderr"))) {
      for (int i = 0; i < PROCESSES; i++) {
        sample.add(Long.parseLong(child.line()));
      }
      child.ended();
    }
    return sample;
  }

  /// The Python client.
  static final class Clients {
    private Clients() {}

    static Path python() throws IOException {
      for (var candidate : List.of("/usr/local/bin/python3", "/usr/bin/python3")) {
        if (java.nio.file.Files.isExecutable(Path.of(candidate))) {
          return Path.of(candidate).toRealPath();
        }
      }
      throw new IOException(
          "no python3 in /usr/bin or /usr/local/bin: the clients of this measurement are written in it");
    }

    static List<String> command(Path root, String what, Path socket, int count) throws IOException {
      var script = root.resolve("bench/src/main/python/workloads.py");
      return List.of(
          python().toString(), script.toString(), what, socket.toString(), Integer.toString(count));
    }
  }
}
