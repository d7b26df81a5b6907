package dev.credence.attestors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What every workload attestor must do. Extend it in the attestor's own tests.
@Timeout(value = 300, unit = TimeUnit.SECONDS)
public abstract class WorkloadAttestorContract {
  /// The attestor; the same one within a test.
  protected abstract WorkloadAttestor attestor();

  /// A process that runs as long as the test, and that the attestor can examine.
  protected abstract ProcessRef running();

  /// A process that has ended and was collected.
  protected abstract ProcessRef ended();

  @Test
  void contract_itsSelectorsAreKnownToRegistrations() {
    assertThat(attestor().names())
        .isNotEmpty()
        .isEqualTo(SelectorTypes.known().names(attestor().type()));
  }

  @Test
  void contract_whatItSaysRegistrationsCanName() throws Exception {
    Attested attested = attestor().attest(running(), Wanted.everything());

    assertThat(attested.evidence()).isNotEmpty();
    for (Evidence evidence : attested.evidence()) {
      assertThat(evidence.selector().type()).isEqualTo(attestor().type());
      assertThat(attestor().names()).contains(evidence.selector().name());
      assertThat(SelectorTypes.known().requireWorkload(evidence.selector()))
          .isEqualTo(evidence.selector());
      assertThat(evidence.source()).isNotBlank();
    }
  }

  @Test
  void contract_nothingIsSaidTwice() throws Exception {
    List<Evidence> evidence = attestor().attest(running(), Wanted.everything()).evidence();

    assertThat(evidence).extracting(Evidence::selector).doesNotHaveDuplicates();
  }

  @Test
  void contract_whatIsMissingIsNotAlsoThere() throws Exception {
    Attested attested = attestor().attest(running(), Wanted.everything());
    Set<String> there = new HashSet<>();
    attested.evidence().forEach(evidence -> there.add(evidence.selector().kind()));

    assertThat(attested.gaps()).extracting(Attested.Gap::kind).doesNotContainAnyElementsOf(there);
    assertThat(attested.gaps())
        .allSatisfy(gap -> assertThat(gap.kind()).startsWith(attestor().type() + ":"));
  }

  @Test
  void contract_whatIsNotWantedIsNoGap() throws Exception {
    assertThat(attestor().attest(running(), Wanted.by(List.of())).gaps()).isEmpty();
  }

  @Test
  void contract_lessWantedIsNeverMoreOrOther() throws Exception {
    List<Evidence> all = attestor().attest(running(), Wanted.everything()).evidence();
    List<Evidence> least = attestor().attest(running(), Wanted.by(List.of())).evidence();

    assertThat(all).containsAll(least);
  }

  @Test
  void contract_whatIsWantedIsThere() throws Exception {
    for (Evidence one : attestor().attest(running(), Wanted.everything()).evidence()) {
      Wanted wanted = Wanted.by(List.of(one.selector()));

      assertThat(attestor().attest(running(), wanted).evidence()).contains(one);
    }
  }

  @Test
  void contract_theSameProcessGivesTheSame() throws Exception {
    assertThat(attestor().attest(running(), Wanted.everything()))
        .isEqualTo(attestor().attest(running(), Wanted.everything()));
  }

  @Test
  void contract_manyAtOnceGetTheSame() throws Exception {
    Attested expected = attestor().attest(running(), Wanted.everything());
    Callable<Attested> attest = () -> attestor().attest(running(), Wanted.everything());
    List<Future<Attested>> all = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 32; i++) {
        all.add(threads.submit(attest));
      }
    }
    for (Future<Attested> one : all) {
      assertThat(one.get()).isEqualTo(expected);
    }
  }

  @Test
  void contract_whatHasEndedIsRefused() {
    ProcessRef process = ended();

    assertThatThrownBy(() -> attestor().attest(process, Wanted.everything()))
        .isInstanceOf(AttestationException.class)
        .hasMessageContaining(String.valueOf(process.pid()));
  }

  @Test
  void contract_anotherUserThanConnectedIsRefused() {
    var other = new ProcessRef(running().pid(), running().uid() + 1, running().gid());

    assertThatThrownBy(() -> attestor().attest(other, Wanted.everything()))
        .isInstanceOf(AttestationException.class);
  }
}
