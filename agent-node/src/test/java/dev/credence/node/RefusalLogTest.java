package dev.credence.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.attestors.Selector;
import dev.credence.certs.Id;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RefusalLogTest {
  private final ManualTime time = new ManualTime(Instant.EPOCH);
  private final List<Refusal> delivered = new ArrayList<>();
  private boolean connected = true;
  private int largest;
  private final RefusalLog log = new RefusalLog(time, Runnable::run, this::deliver);

  private boolean deliver(List<Refusal> refusals) {
    largest = Math.max(largest, refusals.size());
    if (connected) {
      delivered.addAll(refusals);
    }
    return connected;
  }

  private void refuse(int uid, int times) {
    for (int i = 0; i < times; i++) {
      log.refused(
          new Refusal.Caller(RefusalReason.UNREGISTERED, uid, 0, "/bin/x"),
          Refusal.Told.of("no identity"),
          Optional.empty());
    }
  }

  @Test
  void theFirstComesAtOnceTheRestAsCounts() {
    refuse(1, 1);
    assertThat(delivered).extracting(Refusal::count).containsExactly(1L);
    refuse(1, 41);
    assertThat(delivered).hasSize(1);
    time.advance(RefusalLog.WINDOW);
    assertThat(delivered).extracting(Refusal::count).containsExactly(1L, 41L);
    refuse(1, 5);
    assertThat(delivered).hasSize(2);
    time.advance(RefusalLog.WINDOW);
    assertThat(delivered).extracting(Refusal::count).containsExactly(1L, 41L, 5L);
  }

  @Test
  void afterASilentWindowTheNextIsAFirstOneAgain() {
    refuse(1, 1);
    time.advance(RefusalLog.WINDOW);
    assertThat(time.pending()).isZero();
    refuse(1, 1);
    assertThat(delivered).hasSize(2);
  }

  @Test
  void othersAreCountedApart() {
    refuse(1, 3);
    refuse(2, 1);
    assertThat(delivered).extracting(refusal -> refusal.caller().uid()).containsExactly(1, 2);
  }

  @Test
  void whatCannotBeDeliveredIsCountedOn() {
    connected = false;
    refuse(1, 3);
    time.advance(RefusalLog.WINDOW);
    refuse(1, 2);
    connected = true;
    time.advance(RefusalLog.WINDOW);
    assertThat(delivered).extracting(Refusal::count).containsExactly(5L);
  }

  @Test
  void aMessageHoldsNoMoreThanTheServerReads() {
    connected = false;
    for (int uid = 0; uid < 500; uid++) {
      refuse(uid, 1);
    }
    largest = 0;
    connected = true;
    time.advance(RefusalLog.WINDOW);
    assertThat(delivered).hasSize(500);
    assertThat(largest).isEqualTo(200);
  }

  private static Refusal.Caller launch(String step, Optional<Id> agent) {
    return new Refusal.Caller(
        RefusalReason.LAUNCH, 7, 7, "/bin/java", new Refusal.Aim(step, agent));
  }

  @Test
  void refusalsForOtherReasonsOrOfOtherAgentsKeepTheirOwnDetail() {
    var agent = Optional.of(new Id(0, 1));
    log.refused(launch("user", agent), Refusal.Told.launching("a", "no user"), Optional.empty());
    log.refused(
        launch("registration", Optional.empty()),
        Refusal.Told.launching("b", "no agent"),
        Optional.empty());
    log.refused(launch("user", agent), Refusal.Told.launching("a", "again"), Optional.empty());
    time.advance(RefusalLog.WINDOW);
    assertThat(delivered)
        .extracting(refusal -> refusal.told().detail())
        .containsExactly("no user", "no agent", "again");
    assertThat(delivered).extracting(Refusal::count).containsOnly(1L);
  }

  @Test
  void aUserWithManyAgentsFillsFewLines() {
    for (int i = 0; i < 50; i++) {
      log.refused(
          launch("user", Optional.of(new Id(0, i))),
          Refusal.Told.launching("a", "no user"),
          Optional.empty());
    }
    time.advance(RefusalLog.WINDOW);
    assertThat(delivered.stream().map(Refusal::caller).distinct())
        .hasSize(RefusalLog.EXECUTABLES_PER_USER + 1);
    assertThat(delivered.getLast().caller().aim()).isEqualTo(Refusal.Aim.NONE);
    assertThat(delivered.getLast().told().program()).isEmpty();
  }

  @Test
  void aUserWithManyProgramsFillsFewLines() {
    for (int i = 0; i < 50; i++) {
      log.refused(
          new Refusal.Caller(RefusalReason.UNREGISTERED, 7, i, "/tmp/program" + i),
          new Refusal.Told("no identity", "", List.of(Selector.parse("unix:uid:7"))),
          Optional.empty());
    }
    time.advance(RefusalLog.WINDOW);
    assertThat(delivered).extracting(refusal -> refusal.caller().uid()).containsOnly(7);
    assertThat(delivered.stream().map(Refusal::caller).distinct())
        .hasSize(RefusalLog.EXECUTABLES_PER_USER + 1);
    // What holds for one of them need not hold for the others.
    assertThat(delivered)
        .allSatisfy(refusal ->
            assertThat(refusal.told().selectors().isEmpty())
                .isEqualTo(refusal.caller().executable().equals("(others)")));
    assertThat(delivered.stream().mapToLong(Refusal::count).sum()).isEqualTo(50);
    assertThat(delivered.getLast().caller().executable()).isEqualTo("(others)");
  }

  @Test
  void theTableIsBounded() {
    for (int uid = 0; uid < RefusalLog.CAPACITY + 500; uid++) {
      refuse(uid, 1);
    }
    time.advance(RefusalLog.WINDOW);
    assertThat(delivered).hasSizeLessThanOrEqualTo(RefusalLog.CAPACITY + 2);
    assertThat(delivered.stream().mapToLong(Refusal::count).sum())
        .isEqualTo(RefusalLog.CAPACITY + 500);
  }
}
