package dev.credence.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.credence.certs.Id;
import dev.credence.certs.SecretBytes;
import dev.credence.certs.SpiffeId;
import dev.credence.platform.linux.BootClock;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SmallPartsTest {

  // --- Pump ---

  @Test
  void aSignalDuringARunLeadsToOneMoreRun() {
    var queued = new ArrayList<Runnable>();
    var runs = new AtomicInteger();
    var pump = new Pump[1];
    pump[0] =
        new Pump(
            queued::add,
            () -> {
              if (runs.incrementAndGet() == 1) {
                pump[0].signal();
                pump[0].signal();
              }
            });
    pump[0].signal();
    pump[0].signal();
    assertThat(queued).hasSize(1);
    queued.removeFirst().run();
    assertThat(runs).hasValue(2);
    pump[0].signal();
    assertThat(queued).hasSize(1);
  }

  @Test
  void aRunThatFailsDoesNotStopThePump() {
    var runs = new AtomicInteger();
    var pump =
        new Pump(
            Runnable::run,
            () -> {
              runs.incrementAndGet();
              throw new IllegalStateException("on purpose");
            });
    pump.signal();
    pump.signal();
    assertThat(runs).hasValue(2);
  }

  @Test
  void anErrorDoesNotStopThePump() {
    var runs = new AtomicInteger();
    var pump =
        new Pump(
            Runnable::run,
            () -> {
              runs.incrementAndGet();
              throw new StackOverflowError("on purpose");
            });
    pump.signal();
    pump.signal();
    assertThat(runs).hasValue(2);
  }

  @Test
  void aPumpThatGotNoThreadTriesAgainAtTheNextSignal() {
    var runs = new AtomicInteger();
    var full = new AtomicInteger(1);
    var pump =
        new Pump(
            task -> {
              if (full.getAndDecrement() > 0) {
                throw new OutOfMemoryError("on purpose: no thread");
              }
              task.run();
            },
            runs::incrementAndGet);
    assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(pump::signal);
    pump.signal();
    assertThat(runs).hasValue(1);
  }

  @Test
  void runsNeverOverlap() throws InterruptedException {
    var inside = new AtomicInteger();
    var most = new AtomicInteger();
    var ran = new CountDownLatch(1);
    var signalled = new CountDownLatch(2000);
    var pump =
        new Pump(
            CredenceNode.virtualThreads(),
            () -> {
              most.accumulateAndGet(inside.incrementAndGet(), Math::max);
              inside.decrementAndGet();
              ran.countDown();
            });
    for (int i = 0; i < 2000; i++) {
      CredenceNode.virtualThreads()
          .execute(() -> {
            pump.signal();
            signalled.countDown();
          });
    }
    assertThat(signalled.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(ran.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(most).hasValue(1);
  }

  // --- HeldExecutions ---

  private static final Id EXECUTION = new Id(1, 1);

  private static HeldExecution execution() {
    return new HeldExecution(EXECUTION, new Id(2, 2), new Id(3, 3));
  }

  @Test
  void anExecutionThatArrivesAfterTheEndIsReported() {
    var ended = new ArrayList<String>();
    var held = new HeldExecutions(ends(ended, Runnable::run), _ -> {});
    held.endAll(EndReason.PROCESS_EXITED);
    assertThat(held.hold(execution())).isFalse();
    assertThat(ended).containsExactly(EXECUTION + " process-exited");
    assertThat(held.all()).isEmpty();
  }

  @Test
  void everyEndThatTheNodeDecidesOnIsToldAndWhatTheServerEndsIsNot() {
    var told = new ArrayList<EndReason>();
    var held = new HeldExecutions(ends(new ArrayList<>(), Runnable::run), told::add);
    assertThat(held.hold(execution())).isTrue();
    held.end(new Id(7, 7), EndReason.TRACED);
    assertThat(told).isEmpty();
    held.end(execution().subjectId(), EndReason.ISOLATION_LOST);
    assertThat(told).containsExactly(EndReason.ISOLATION_LOST);
    assertThat(held.hold(execution())).isTrue();
    assertThat(held.forget(EXECUTION)).isTrue();
    held.endAll(EndReason.PROCESS_EXITED);
    assertThat(told).containsExactly(EndReason.ISOLATION_LOST, EndReason.PROCESS_EXITED);
  }

  @Test
  void anAnswerThatWasUnderWayDoesNotBringBackWhatTheServerEnded() {
    var ended = new ArrayList<String>();
    var held = new HeldExecutions(ends(ended, Runnable::run), _ -> {});
    held.beginRound();
    assertThat(held.forget(EXECUTION)).isFalse();
    assertThat(held.hold(execution())).isFalse();
    held.endRound();
    // An answer to a later question is news.
    held.beginRound();
    assertThat(held.hold(execution())).isTrue();
    held.endRound();
    assertThat(ended).isEmpty();
  }

  @Test
  void anEndIsReportedOnce() {
    var ended = new ArrayList<String>();
    var later = new ArrayList<Runnable>();
    EndReports reports = ends(ended, later::add);
    reports.report(EXECUTION, EndReason.PROCESS_CHANGED);
    reports.report(EXECUTION, EndReason.PROCESS_EXITED);
    assertThat(reports.isOpen(EXECUTION)).isTrue();
    List.copyOf(later).forEach(Runnable::run);
    reports.flush();
    assertThat(ended).containsExactly(EXECUTION + " process-changed");
    assertThat(reports.isOpen(EXECUTION)).isFalse();
  }

  private static EndReports ends(List<String> ended, java.util.concurrent.Executor executor) {
    return ends(new EndsOnly(ended), executor);
  }

  private static EndReports ends(ExecutionCalls calls, java.util.concurrent.Executor executor) {
    var time = new ManualTime(Instant.EPOCH);
    var seams =
        new Seams(
            time, time, new SecureRandom(), dev.credence.platform.crypto.CryptoProviders.jdk());
    return new EndReports(calls, executor, seams);
  }

  /// Records ends.
  private static class EndsOnly implements ExecutionCalls {
    private final List<String> ended;

    EndsOnly(List<String> ended) {
      this.ended = ended;
    }

    @Override
    public Issued open(Match match, Attestation attestation, byte[] csr) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Issued renew(Id execution, Match match, Attestation attestation, byte[] csr) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String token(Id execution, List<String> audiences) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void end(Id execution, EndReason reason) throws CallException {
      ended.add(execution + " " + reason.label());
    }
  }

  @Test
  void whileTheServerIsAwayOneEndIsTried() {
    var tried = new AtomicInteger();
    var calls =
        new EndsOnly(new ArrayList<>()) {
          @Override
          public void end(Id execution, EndReason reason) throws CallException {
            tried.incrementAndGet();
            throw new CallException(CallException.Kind.AWAY, "on purpose");
          }
        };
    var reports = ends(calls, task -> {});
    for (int i = 0; i < 10; i++) {
      reports.report(new Id(9, i), EndReason.PROCESS_EXITED);
    }
    reports.flush();
    assertThat(tried).hasValue(1);
    assertThat(reports.size()).isEqualTo(10);
  }

  // --- time ---

  @Test
  void renewalIsBeforeTheMiddleAndSpread() {
    var random = new SecureRandom();
    var seen = new ArrayList<Duration>();
    for (int i = 0; i < 200; i++) {
      seen.add(HalfLife.of(Duration.ofMinutes(10), random));
    }
    assertThat(seen)
        .allMatch(at -> at.compareTo(Duration.ofMinutes(4)) >= 0)
        .allMatch(at -> at.compareTo(Duration.ofMinutes(5)) <= 0);
    assertThat(seen.stream().distinct().count()).isGreaterThan(50);
  }

  @Test
  void timersRunInOrderAndNotWhenCancelled() throws InterruptedException {
    try (var timers = BootTimers.start(BootClock.system())) {
      var ran = new LinkedBlockingQueue<String>();
      // Nothing runs before everything is planned, however slow this thread is.
      var planned = new CountDownLatch(1);
      timers.after(
          Duration.ZERO,
          () -> {
            try {
              planned.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      timers.after(Duration.ofMillis(60), () -> ran.add("second"));
      var cancelled = timers.after(Duration.ofMillis(30), () -> ran.add("cancelled"));
      timers.after(
          Duration.ofMillis(1),
          () -> {
            ran.add("first");
            throw new StackOverflowError("on purpose");
          });
      cancelled.cancel();
      planned.countDown();
      assertThat(ran.poll(60, TimeUnit.SECONDS)).isEqualTo("first");
      assertThat(ran.poll(60, TimeUnit.SECONDS)).isEqualTo("second");
    }
  }

  // --- life cycle ---

  @Test
  void partsAreClosedInReverseEvenIfOneFails() {
    var closed = new ArrayList<String>();
    var parts = new Lifecycle();
    parts.add(() -> closed.add("first"));
    parts.add(() -> {
      throw new java.io.IOException("on purpose");
    });
    parts.add(() -> closed.add("last"));
    assertThatIllegalStateException().isThrownBy(parts::close).withMessageContaining("on purpose");
    assertThat(closed).containsExactly("last", "first");
    parts.close();
  }

  // --- explain ---

  @Test
  void whatNamesAnotherUserIsNotShown() {
    var mine = Registrations.attestation(Registrations.says("unix:uid:7"));
    assertThat(Explainer.isForUser(Registrations.of(1, "unix:uid:7", "unix:path:/a"), mine))
        .isTrue();
    assertThat(Explainer.isForUser(Registrations.of(1, "unix:path:/a"), mine)).isTrue();
    assertThat(Explainer.isForUser(Registrations.of(1, "unix:uid:8"), mine)).isFalse();
    assertThat(Explainer.isForUser(Registrations.of(1, "unix:user:root"), mine)).isFalse();
  }

  // --- secrets ---

  @Test
  void aHeldSvidDoesNotPrintItsKey() {
    var svid =
        new HeldSvid(
            SpiffeId.parse("spiffe://test.example/agent/a/b"),
            new byte[] {1},
            SecretBytes.of("top-secret".getBytes(StandardCharsets.UTF_8)),
            Instant.EPOCH,
            () -> Instant.EPOCH);
    assertThat(new HeldIdentity(svid, "", new Id(0, 1), true))
        .asString()
        .doesNotContain("top-secret");
  }
}
