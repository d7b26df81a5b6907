package dev.credence.server.store;

import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.NewEvent;
import dev.credence.server.core.port.Transaction;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/// Prints what durable writes cost here: one writer, then 64; an event alone, then what one
/// issuance stores (look up the key, execution, certificate, two events, answer, highest time).
/// Argument: a folder on the disk to measure.
final class CommitBench {
  private static final Instant NOW = Instant.parse("2026-07-07T07:07:07Z");

  private final SqliteStore store;
  private final LongAdder commits;

  private CommitBench(SqliteStore store, LongAdder commits) {
    this.store = store;
    this.commits = commits;
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory(Path.of(arguments[0]), "commit-bench");
    LongAdder commits = new LongAdder();
    StoreSettings settings =
        StoreSettings.defaults(failure -> Runtime.getRuntime().halt(70))
            .with(commit -> commits.increment());
    try (SqliteStore store = SqliteStore.open(folder.resolve("credence.db"), settings)) {
      CommitBench bench = new CommitBench(store, commits);
      World world = World.in(store, new Samples(0));
      bench.reads(world, 20_000);
      for (int round = 0; round < 3; round++) {
        bench.measure("event", 1, 2_000, bench::event);
        bench.measure("event", 64, 20_000, bench::event);
        bench.measure("issuance", 1, 1_500, samples -> bench.issuance(samples, world));
        bench.measure("issuance", 64, 15_000, samples -> bench.issuance(samples, world));
        bench.reads(world, 20_000);
      }
    }
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  private Runnable event(Samples samples) {
    var event = samples.event(EventKind.SVID_ISSUED);
    return () -> {
      long _ = store.write(transaction -> transaction.events().append(event, NOW).number());
    };
  }

  private Runnable issuance(Samples samples, World world) {
    Execution execution = samples.execution(world.registration(), world.node());
    CertificateRecord certificate =
        samples.certificate(CertificateRecord.Holder.execution(execution.id()));
    var answer = samples.answer("node:x");
    var began = about(samples.event(EventKind.EXECUTION_BEGAN), world);
    var issued = about(samples.event(EventKind.SVID_ISSUED), world);
    return () -> {
      boolean _ =
          store.write(transaction -> {
            look(transaction, world, execution, certificate);
            transaction.executions().insert(execution);
            transaction.executions().insert(certificate);
            transaction.events().append(began, NOW);
            transaction.events().append(issued, NOW);
            transaction.requests().remember(answer);
            transaction.meta().noteTime(NOW);
            return true;
          });
    };
  }

  private static NewEvent about(NewEvent event, World world) {
    var about =
        new NewEvent.About(
            event.about().owner(),
            Optional.of(world.agent().id()),
            event.about().node(),
            event.about().execution());
    return new NewEvent(event.kind(), event.actor(), about, event.details(), event.request());
  }

  private static void look(
      Transaction transaction, World world, Execution execution, CertificateRecord certificate) {
    boolean fine =
        transaction.nodes().find(world.node().id()).isPresent()
            && transaction.subjects().find(world.agent().id()).isPresent()
            && transaction.executions().certificateOfKey(certificate.spki()).isEmpty()
            && transaction
                .executions()
                .running(
                    world.node().id(), world.agent().id(), execution.attestation().process().mark())
                .isEmpty();
    if (!fine) {
      throw new IllegalStateException("bench data");
    }
  }

  private void measure(String what, int writers, int writes, Function<Samples, Runnable> made)
      throws InterruptedException {
    Samples samples = new Samples(System.nanoTime());
    List<Runnable> work = new ArrayList<>();
    for (int i = 0; i < writes; i++) {
      work.add(made.apply(samples));
    }
    AtomicInteger left = new AtomicInteger(writes);
    long[] nanos = new long[writes];
    long commitsBefore = commits.sum();
    long cpuBefore = cpu();
    long start = System.nanoTime();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < writers; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int n = left.decrementAndGet(); n >= 0; n = left.decrementAndGet()) {
                  long begin = System.nanoTime();
                  work.get(n).run();
                  nanos[n] = System.nanoTime() - begin;
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    Arrays.sort(nanos);
    System.out.printf(
        Locale.ROOT,
        "%-8s %2d writers: %7.0f/s, %5.1f writes per commit, p50 %6.0f us, p99 %6.0f us, process CPU %4.0f us each%n",
        what,
        writers,
        writes * 1e9 / took.toNanos(),
        (double) writes / (commits.sum() - commitsBefore),
        nanos[writes / 2] / 1e3,
        nanos[writes * 99 / 100] / 1e3,
        (cpu() - cpuBefore) / 1e3 / writes);
  }

  private void reads(World world, int reads) {
    long start = System.nanoTime();
    for (int i = 0; i < reads; i++) {
      if (store.read(view -> view.nodes().find(world.node().id())).isEmpty()) {
        throw new IllegalStateException("bench data");
      }
    }
    System.out.printf(
        Locale.ROOT, "read, 1 reader: %.0f/s%n", reads * 1e9 / (System.nanoTime() - start));
  }

  private static long cpu() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getProcessCpuTime()
        : 0;
  }
}
