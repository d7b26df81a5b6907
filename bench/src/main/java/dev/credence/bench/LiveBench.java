package dev.credence.bench;

import com.google.protobuf.Duration;
import dev.credence.proto.admin.v1.ChangeOptions;
import dev.credence.proto.admin.v1.SubjectLifeGrpc;
import dev.credence.proto.admin.v1.SubjectsGrpc;
import dev.credence.proto.admin.v1.UpdateSubjectRequest;
import dev.credence.proto.common.v1.SubjectKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Many processes alive on one node, each with its stream open: what the node does while nothing
/// happens, and what a renewal costs it, the look at the process included.
///
/// @param root the project's folder
/// @param count of processes; one user has at most 1,000 connections
record LiveBench(Path root, int count) implements Bench {

  private static final String AGENT = "live";
  private static final long IDLE_SECONDS = 60;
  private static final int ROUNDS = 4;
  // No renewal comes by itself while this runs.
  private static final long HOURS = 20;
  private static final long SECONDS_PER_HOUR = 3_600;

  @Override
  public String name() {
    return "live";
  }

  @Override
  public void run(Report report) throws Exception {
    report.section(
        String.format(Locale.ROOT, "%,d processes alive on one node, a stream open each", count));
    try (var scratch = Scratch.create();
        var plane = Plane.start(root.resolve("credence"), scratch.folder())) {
      register(plane);
      var command = WorkloadBench.Clients.command(root, "live", plane.socket(), count);
      try (var processes = Child.start(command, Map.of(), Path.of("/dev/stderr"))) {
        for (int i = 0; i < count; i++) {
          boolean served = Long.parseLong(processes.line()) > 0;
          if (!served) {
            throw new IOException("process " + i + " has no SVID");
          }
        }
        report.row("node with all of them served: VmRSS", plane.node().resident());
        idle(report, plane);
        renewals(report, plane, processes);
        report.row("node after all that: VmRSS", plane.node().resident());
        processes.say("");
        processes.ended();
      }
    }
  }

  private static void register(Plane plane) throws IOException {
    var agent =
        plane.admin().registration(AGENT, WorkloadBench.Clients.python()).toBuilder()
            .setSvidTtl(hours(HOURS));
    var made = SubjectsGrpc.newBlockingStub(plane.admin().channel()).createSubject(agent.build());
    if (!made.getName().equals(AGENT)) {
      throw new IOException("agent " + made.getName() + " (expected: " + AGENT + ")");
    }
  }

  private static Duration hours(long hours) {
    return Duration.newBuilder().setSeconds(hours * SECONDS_PER_HOUR).build();
  }

  /// In minutes, after the compilers have had time for what came before.
  private static void idle(Report report, Plane plane) throws IOException, InterruptedException {
    double settling = share(plane.node());
    double first = share(plane.node());
    double second = share(plane.node());
    report.row(
        "**nothing happens: CPU of the node**",
        String.format(
            Locale.ROOT,
            "%.2f and %.2f %% of a core in the second and third minute (first: %.2f)",
            first,
            second,
            settling));
    report.row(
        "the same: CPU of the server",
        String.format(Locale.ROOT, "%.2f %% of a core", share(plane.server())));
  }

  /// Per cent of a core in a minute.
  private static double share(ProcessStat process) throws IOException, InterruptedException {
    long cpu = process.cpuNanos();
    TimeUnit.SECONDS.sleep(IDLE_SECONDS);
    return 100 * (process.cpuNanos() - cpu) / (IDLE_SECONDS * 1e9);
  }

  /// All of them are renewed at once by a change of what their certificates say; the first rounds
  /// are for the compilers.
  private void renewals(Report report, Plane plane, Child processes) throws IOException {
    for (int round = 1; round <= ROUNDS; round++) {
      long node = plane.node().cpuNanos();
      long server = plane.server().cpuNanos();
      long start = System.nanoTime();
      change(plane, HOURS - round);
      for (int i = 0; i < count; i++) {
        processes.line("renewed");
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      if (round == 1 || round == ROUNDS) {
        var which = (round == 1 ? "the first round" : "round " + ROUNDS) + ", all at once";
        report.row(
            "**renewal with its look at the process** (" + which + "): CPU of the node",
            Sample.micros((double) (plane.node().cpuNanos() - node) / count));
        report.row(
            "the same: CPU of the server",
            Sample.micros((double) (plane.server().cpuNanos() - server) / count));
        report.row(
            "the same: the last one's new SVID", String.format(Locale.ROOT, "%.2f s", seconds));
      }
    }
  }

  private static void change(Plane plane, long hours) throws IOException {
    var request =
        UpdateSubjectRequest.newBuilder()
            .setOptions(ChangeOptions.newBuilder().setRequestId(plane.admin().requestId()))
            .setKind(SubjectKind.SUBJECT_KIND_AGENT)
            .setReference(AdminConnection.OWNER + "/" + AGENT)
            .addFields("svid_ttl")
            .setSvidTtl(hours(hours));
    var changed =
        SubjectLifeGrpc.newBlockingStub(plane.admin().channel()).updateSubject(request.build());
    if (!changed.getChange().getDone()) {
      throw new IOException("the registration was not changed");
    }
  }
}
