package dev.credence.bench;

import com.google.protobuf.ByteString;
import dev.credence.attestors.join.JoinToken;
import dev.credence.proto.admin.v1.AuthoritiesGrpc;
import dev.credence.proto.admin.v1.ChangeAuthorityRequest;
import dev.credence.proto.admin.v1.CreateJoinTokenRequest;
import dev.credence.proto.admin.v1.CreateSubjectRequest;
import dev.credence.proto.admin.v1.NodesGrpc;
import dev.credence.proto.admin.v1.PrepareAuthorityRequest;
import dev.credence.proto.admin.v1.SubjectLifeGrpc;
import dev.credence.proto.admin.v1.SubjectsGrpc;
import dev.credence.proto.common.v1.Selector;
import dev.credence.proto.common.v1.SubjectKind;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/// A server with many nodes, simulated over the real protocol from this process, 20 registrations
/// and 20 executions each. The simulation's own CPU is on the same cores.
///
/// @param root the project's folder
/// @param name `nodes`: everything; `idle`: only what the server does when nothing happens
/// @param count of nodes
record NodesBench(Path root, String name, int count) implements Bench {

  private static final String EVERYTHING = "nodes";

  private static final int EACH = 20;
  private static final int ROUNDS = 200;
  private static final int TO_ALL = 20;
  private static final int ADMIN_CALLS_AT_ONCE = 32;
  // An owner has at most 10,000 agents and services.
  private static final int EACH_OWNER = 5_000;
  private static final long IDLE_SECONDS = 60;
  private static final double QUIET_PERCENT = 0.1;
  private static final int MOST_MINUTES = 7;

  /// All of it.
  static NodesBench everything(Path root, int count) {
    return new NodesBench(root, EVERYTHING, count);
  }

  /// Memory and CPU of a server whose nodes are connected and quiet.
  static NodesBench idle(Path root, int count) {
    return new NodesBench(root, "idle", count);
  }

  @Override
  public void run(Report report) throws Exception {
    report.section(
        String.format(
            Locale.ROOT, "%,d nodes, simulated, %d registrations each, one server", count, EACH));
    try (var scratch = Scratch.create();
        var plane = Plane.start(root.resolve("credence"), scratch.folder());
        var nodes = new SimulatedNodes()) {
      join(report, plane, nodes);
      report.row("server with the streams open: VmRSS", plane.server().resident());
      idle(report, plane, "idle, no executions: CPU of the server");
      report.row("server then: VmRSS", plane.server().resident());
      if (!name.equals(EVERYTHING)) {
        return;
      }
      registration(report, plane, nodes);
      toAll(report, plane, nodes);
      issue(report, plane, nodes);
      idle(report, plane, "idle, executions running: CPU of the server");
      report.row("server then: VmRSS", plane.server().resident());
      rotate(report, plane, nodes);
      report.row("server after all that: VmRSS", plane.server().resident());
    }
  }

  private void join(Report report, Plane plane, SimulatedNodes nodes) throws Exception {
    var tokens = inParallel(count, i -> token(plane, i));
    long begun = plane.server().cpuNanos();
    var joined = nodes.join(tokens);
    report.row(
        "node attestation by join token: CPU of the server, TLS included",
        Sample.micros((double) (plane.server().cpuNanos() - begun) / count));
    for (int owner = 0; owner * EACH_OWNER < count * EACH; owner++) {
      plane.admin().createOwner(AdminConnection.OWNER + owner);
    }
    var registered =
        inParallel(
            count * EACH,
            i -> register(plane, AdminConnection.OWNER + i / EACH_OWNER, i / EACH, "a" + i));
    report.row("registrations", String.format(Locale.ROOT, "%,d", registered.size()));
    long cpu = plane.server().cpuNanos();
    long start = System.nanoTime();
    nodes.open(joined, EACH);
    report.row("all streams opened, settled and served with their registrations", since(start));
    report.row(
        "the same: CPU of the server per node, TLS included",
        Sample.micros((double) (plane.server().cpuNanos() - cpu) / count));
  }

  /// Minute by minute, until the compilers are done with what came before.
  private static void idle(Report report, Plane plane, String what) throws Exception {
    var before = new ArrayList<String>();
    while (true) {
      long cpu = plane.server().cpuNanos();
      long compilers = plane.server().compilerNanos();
      TimeUnit.SECONDS.sleep(IDLE_SECONDS);
      double all = share(plane.server().cpuNanos() - cpu);
      double ofCompilers = share(plane.server().compilerNanos() - compilers);
      var minute = String.format(Locale.ROOT, "%.2f (the JVM's compilers %.2f)", all, ofCompilers);
      // Less than nothing: a compiler's thread ended, and nobody knows what it did before.
      if ((ofCompilers >= 0 && ofCompilers < QUIET_PERCENT) || before.size() == MOST_MINUTES) {
        report.row(
            what,
            minute
                + " % of a core in minute "
                + (before.size() + 1)
                + "; before: "
                + (before.isEmpty() ? "none" : String.join(", ", before)));
        return;
      }
      report.progress("minute " + (before.size() + 1) + ": " + minute);
      before.add(minute);
    }
  }

  /// Per cent of a core in a minute.
  private static double share(long nanos) {
    return 100 * nanos / (IDLE_SECONDS * 1e9);
  }

  private void registration(Report report, Plane plane, SimulatedNodes nodes) throws Exception {
    var pushed = new Sample(ROUNDS);
    var usable = new Sample(ROUNDS);
    for (int i = -50; i < ROUNDS; i++) {
      var name = "one" + (i + 50);
      var here = new AtomicLong();
      var issued = new AtomicLong();
      var done = new CountDownLatch(1);
      int pid = 10_000 + i + 50;
      nodes.await(
          name,
          (node, registration) -> {
            here.set(System.nanoTime());
            node.issue(registration, pid);
            issued.set(System.nanoTime());
            done.countDown();
          });
      long sent = System.nanoTime();
      register(plane, (i + 50) % count, name);
      within(done, name);
      if (i >= 0) {
        pushed.add(here.get() - sent);
        usable.add(issued.get() - sent);
      }
      retire(plane, name);
    }
    report.row("create sent → at the one node that it is meant for", pushed);
    report.row("**create sent → SVID issued at that node**", usable);
  }

  private void toAll(Report report, Plane plane, SimulatedNodes nodes) throws Exception {
    var first = new Sample(TO_ALL);
    var last = new Sample(TO_ALL);
    for (int i = 0; i < TO_ALL; i++) {
      var name = "all" + i;
      var firstAt = new AtomicLong();
      var done = new CountDownLatch(count);
      nodes.await(
          name,
          (_, _) -> {
            firstAt.compareAndSet(0, System.nanoTime());
            done.countDown();
          });
      long sent = System.nanoTime();
      register(plane, -1, name);
      within(done, name);
      first.add(firstAt.get() - sent);
      last.add(System.nanoTime() - sent);
      retire(plane, name);
    }
    report.row("create for any node, sent → at the first of all nodes", first);
    report.row("create for any node, sent → at the last of all nodes", last);
  }

  private void issue(Report report, Plane plane, SimulatedNodes nodes) throws Exception {
    long cpu = plane.server().cpuNanos();
    long start = System.nanoTime();
    nodes.issueAll();
    double seconds = (System.nanoTime() - start) / 1e9;
    int issued = count * EACH;
    report.row(
        "an execution for each registration of each node",
        String.format(
            Locale.ROOT, "%,d in %.1f s: %.0f per second", issued, seconds, issued / seconds));
    report.row(
        "the same: CPU of the server per SVID, TLS and gRPC included",
        Sample.micros((double) (plane.server().cpuNanos() - cpu) / issued));
  }

  private void rotate(Report report, Plane plane, SimulatedNodes nodes) throws Exception {
    var authorities = AuthoritiesGrpc.newBlockingStub(plane.admin().channel());
    int renewals = count * EACH;
    nodes.awaitRenewals(renewals);
    long start = System.nanoTime();
    var prepared =
        authorities.prepareAuthority(
            PrepareAuthorityRequest.newBuilder().setRequestId(id(plane)).setKind("x509").build());
    var replaced = activate(plane, prepared.getAuthority().getId());
    report.row("rotation: prepared → acknowledged by every node, active", since(start));
    long cpu = plane.server().cpuNanos();
    start = System.nanoTime();
    var tainted =
        authorities.taintAuthority(
            ChangeAuthorityRequest.newBuilder().setRequestId(id(plane)).setId(replaced).build());
    nodes.allTold();
    report.row("rotation: tainted → every node told", since(start));
    nodes.allRenewed();
    report.row(
        String.format(
            Locale.ROOT,
            "**rotation: tainted → all %,d SVIDs renewed** (spread over %d s)",
            renewals,
            tainted.getRenewWithin().getSeconds()),
        since(start));
    report.row(
        "the same: CPU of the server per renewal, TLS and gRPC included",
        Sample.micros((double) (plane.server().cpuNanos() - cpu) / renewals));
  }

  /// As soon as every node has it.
  ///
  /// @return the one before
  private static String activate(Plane plane, String authority) throws InterruptedException {
    var authorities = AuthoritiesGrpc.newBlockingStub(plane.admin().channel());
    while (true) {
      try {
        return authorities
            .activateAuthority(
                ChangeAuthorityRequest.newBuilder()
                    .setRequestId(id(plane))
                    .setId(authority)
                    .build())
            .getReplacedId();
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() != Status.Code.FAILED_PRECONDITION) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
  }

  private static JoinToken token(Plane plane, int node) {
    var request =
        CreateJoinTokenRequest.newBuilder()
            .setRequestId(id(plane))
            .putLabels("simulated", Integer.toString(node));
    return JoinToken.parse(
        NodesGrpc.newBlockingStub(plane.admin().channel())
            .createJoinToken(request.build())
            .getToken());
  }

  private static String register(Plane plane, int node, String name) {
    return register(plane, AdminConnection.OWNER, node, name);
  }

  /// @param node -1: any
  private static String register(Plane plane, String owner, int node, String name) {
    var request =
        CreateSubjectRequest.newBuilder()
            .setRequestId(id(plane))
            .setKind(SubjectKind.SUBJECT_KIND_AGENT)
            .setOwner(owner)
            .setName(name)
            .addSelectors(SimulatedProcess.selector())
            .setAnyNode(node < 0);
    if (node >= 0) {
      request.addNodeSelectors(
          Selector.newBuilder().setType("node").setName("label").setValue("simulated:" + node));
    }
    return SubjectsGrpc.newBlockingStub(plane.admin().channel())
        .createSubject(request.build())
        .getId();
  }

  private static void retire(Plane plane, String name) {
    var retired =
        SubjectLifeGrpc.newBlockingStub(plane.admin().channel())
            .retireSubject(plane.admin().retirement(name));
    if (!retired.getChange().getDone()) {
      throw new IllegalStateException(name + " was not retired");
    }
  }

  private static ByteString id(Plane plane) {
    return plane.admin().requestId();
  }

  @FunctionalInterface
  private interface Numbered<T> {
    T make(int number) throws Exception;
  }

  private static <T> List<T> inParallel(int count, Numbered<T> what) throws Exception {
    try (var threads = Executors.newFixedThreadPool(ADMIN_CALLS_AT_ONCE)) {
      var running = new ArrayList<Future<T>>();
      for (int i = 0; i < count; i++) {
        int number = i;
        running.add(threads.submit(() -> what.make(number)));
      }
      var made = new ArrayList<T>();
      for (var one : running) {
        made.add(one.get());
      }
      return made;
    }
  }

  private static void within(CountDownLatch done, String what) throws Exception {
    if (!done.await(1, TimeUnit.MINUTES)) {
      throw new TimeoutException(what + ": " + done.getCount() + " are missing");
    }
  }

  private static String since(long start) {
    return String.format(Locale.ROOT, "%.2f s", (System.nanoTime() - start) / 1e9);
  }
}
