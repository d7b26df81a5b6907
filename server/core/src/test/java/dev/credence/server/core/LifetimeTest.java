package dev.credence.server.core;

import static dev.credence.server.core.Refusals.refused;
import static dev.credence.server.core.Refusals.refusedLike;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.credence.certs.CodeAssurance;
import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.Id;
import dev.credence.certs.Isolation;
import dev.credence.server.core.ChangeReport.Affected;
import dev.credence.server.core.ChangeReport.Effect;
import dev.credence.server.core.ChangeSubjectState.Which;
import dev.credence.server.core.CreateSubject.Profile;
import dev.credence.server.core.EndExecution.Report;
import dev.credence.server.core.Push.Ended;
import dev.credence.server.core.Push.EndedPush;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.UpdateSubject.Patch;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.Lifetime;
import dev.credence.server.core.model.ProcessSeen;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.testing.CoreWorld;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Executions that end with their SVID and not with their process.
final class LifetimeTest {
  private static final Which BOT = new Which(SubjectKind.AGENT, "finance/bot");

  private ExecutionsBench bench;
  private ProcessSeen process;

  @BeforeEach
  void begin() throws Exception {
    bench = new ExecutionsBench();
    process = bench.world.process();
    var _ = change(Lifetime.SVID, false);
  }

  @AfterEach
  void end() {
    bench.close();
  }

  private Changed<SubjectView> change(Lifetime to, boolean dryRun) throws ServerException {
    var profile = new Profile(Optional.empty(), List.of(), "", Optional.empty(), Optional.of(to));
    return update(profile, Governance.none(), dryRun, SubjectField.LIFETIME);
  }

  private Changed<SubjectView> update(
      Profile profile, Governance governance, boolean dryRun, SubjectField... fields)
      throws ServerException {
    var set = EnumSet.noneOf(SubjectField.class);
    set.addAll(List.of(fields));
    return bench
        .world
        .core
        .life()
        .updates()
        .run(
            CoreWorld.ADMIN,
            dryRun ? ChangeAsk.dry() : ChangeAsk.now(bench.world.request(), ""),
            BOT,
            new Patch(Set.copyOf(set), profile, governance));
  }

  private IssuedSvid open(ProcessSeen of) throws ServerException {
    RegistryEntry entry = bench.world.core.registry().of(bench.agent.subject().id()).getFirst();
    return bench.open(
        new OpenExecution.Asked(
            bench.node.startId(), entry.id(), entry.revision(), bench.matching(of)),
        bench.world.csr());
  }

  private void report(Id execution, String reason) throws ServerException {
    var _ =
        bench
            .world
            .core
            .endExecution()
            .byNode(
                bench.node.id(),
                bench.world.request(),
                new Report(bench.node.startId(), execution, reason));
  }

  private Execution shown(Id execution) throws ServerException {
    return bench.shown(execution).execution();
  }

  private String endOf(Id execution) throws ServerException {
    return shown(execution).end().map(Execution.End::reason).orElse("");
  }

  private void pass(Duration time) {
    bench.node.stream().close();
    bench.world.clock.advance(time);
    bench.world.ticker.tick();
  }

  private List<Push> pushes() {
    List<Push> all = new ArrayList<>();
    for (var next = bench.node.stream().next();
        next.isPresent();
        next = bench.node.stream().next()) {
      all.add(next.get());
    }
    return all;
  }

  @Test
  void certificate_saysAtMostClaimed_whateverTheSelectorsEarn() throws Exception {
    IssuedSvid svid = open(process);
    assertThat(ExecutionFacts.of(svid.chain().getFirst()).orElseThrow().code())
        .isEqualTo(CodeAssurance.CLAIMED);
    assertThat(shown(svid.execution()).attestation().code()).isEqualTo(CodeAssurance.CLAIMED);
    IssuedSvid renewed = bench.renew(svid.execution(), bench.matching(process));
    assertThat(ExecutionFacts.of(renewed.chain().getFirst()).orElseThrow().code())
        .isEqualTo(CodeAssurance.CLAIMED);
  }

  @Test
  void processExits_executionGoesOn_untilItsSvidsEnd() throws Exception {
    IssuedSvid svid = open(process);
    report(svid.execution(), "process-exited");
    assertThat(shown(svid.execution()).isDetached()).isTrue();
    assertThat(bench.world.events())
        .filteredOn(it -> it.event().what().kind().label().equals("execution-detached"))
        .singleElement()
        .satisfies(it ->
            assertThat(it.event().what().details())
                .containsEntry("reason", "process-exited")
                .containsEntry("not-after", svid.notAfter().toString()));
    // Said twice, it is told once.
    report(svid.execution(), "process-exited");
    assertThat(bench.world.eventKinds()).filteredOn("execution-detached"::equals).hasSize(1);

    bench.world.clock.advance(Duration.ofMinutes(9));
    bench.world.ticker.tick();
    assertThat(endOf(svid.execution())).isEmpty();
    bench.world.clock.advance(Duration.ofMinutes(1));
    bench.world.ticker.tick();
    assertThat(endOf(svid.execution())).isEqualTo("svid-expired");
  }

  @Test
  void processIsThere_andDidNotRenew_itEndsWithItsSvidAllTheSame_andTheNodeIsTold()
      throws Exception {
    IssuedSvid svid = open(process);
    var _ = pushes();
    bench.world.clock.advance(Duration.ofMinutes(10));
    bench.world.ticker.tick();
    assertThat(endOf(svid.execution())).isEqualTo("svid-expired");
    assertThat(pushes())
        .contains(new EndedPush(List.of(new Ended(svid.execution(), "svid-expired"))));
  }

  @Test
  void renewal_putsTheEndOff() throws Exception {
    IssuedSvid svid = open(process);
    bench.world.clock.advance(Duration.ofMinutes(5));
    IssuedSvid _ = bench.renew(svid.execution(), bench.matching(process));
    bench.world.clock.advance(Duration.ofMinutes(5));
    bench.world.ticker.tick();
    assertThat(endOf(svid.execution())).isEmpty();
  }

  @Test
  void whatEndsWithItsProcess_isNotEndedByItsSvid() throws Exception {
    var _ = change(Lifetime.PROCESS, false);
    IssuedSvid svid = open(process);
    bench.world.clock.advance(Duration.ofHours(1));
    bench.world.ticker.tick();
    assertThat(endOf(svid.execution())).isEmpty();
    report(svid.execution(), "process-exited");
    assertThat(endOf(svid.execution())).isEqualTo("process-exited");
  }

  @Test
  void sameProcessAgain_takesItUp_anotherOneBeginsItsOwn() throws Exception {
    IssuedSvid svid = open(process);
    report(svid.execution(), "process-changed");
    assertThat(shown(svid.execution()).isDetached()).isTrue();
    assertThat(open(process).execution()).isEqualTo(svid.execution());
    assertThat(shown(svid.execution()).isDetached()).isFalse();
    report(svid.execution(), "process-exited");
    assertThat(open(bench.world.process()).execution()).isNotEqualTo(svid.execution());
    assertThat(shown(svid.execution()).isDetached()).isTrue();
  }

  @Test
  void otherReasonsOfTheNode_endIt() throws Exception {
    IssuedSvid svid = open(process);
    report(svid.execution(), "unregistered");
    assertThat(endOf(svid.execution())).isEqualTo("unregistered");
  }

  @Test
  void processesThatComeAndGo_leaveSoManyBehind_notMore() throws Exception {
    for (int i = 0; i < OpenExecution.MOST_DETACHED; i++) {
      report(open(bench.world.process()).execution(), "process-exited");
    }
    refused(
        Kind.EXHAUSTED,
        "agent finance/bot: 64 executions go on without their process on node %s (expected: fewer; each ends with its SVID, or by execution end)"
            .formatted(bench.node.id()),
        () -> open(process));
    bench.world.clock.advance(Duration.ofMinutes(10));
    bench.world.ticker.tick();
    assertThat(endOf(open(process).execution())).isEmpty();
  }

  @Test
  void manyProcesses_thatGoAtOnce_leaveSoManyBehind_theOthersEnd() throws Exception {
    List<Id> all = new ArrayList<>();
    for (int i = 0; i < OpenExecution.MOST_DETACHED + 3; i++) {
      all.add(open(bench.world.process()).execution());
    }
    for (Id one : all) {
      report(one, "process-exited");
    }
    for (Id one : all.subList(0, OpenExecution.MOST_DETACHED)) {
      assertThat(shown(one).isDetached()).isTrue();
    }
    for (Id one : all.subList(OpenExecution.MOST_DETACHED, all.size())) {
      assertThat(endOf(one)).isEqualTo("process-exited: too-many-detached");
    }
    // Said twice, one that goes on goes on.
    report(all.getFirst(), "process-exited");
    assertThat(shown(all.getFirst()).isDetached()).isTrue();
  }

  @Test
  void restartedNode_thatDoesNotHoldIt_detachesIt() throws Exception {
    IssuedSvid svid = open(process);
    NodeStream stream =
        bench
            .world
            .core
            .nodeStreams()
            .open(bench.node.id(), CoreWorld.hello(Id.random(bench.world.random)), () -> {});
    assertThat(stream.welcome().hosted()).extracting(Execution::id).contains(svid.execution());
    stream.settle(Set.of());
    assertThat(shown(svid.execution()).isDetached()).isTrue();
    // The node does not hold it: it is not asked about it again.
    stream =
        bench
            .world
            .core
            .nodeStreams()
            .open(bench.node.id(), CoreWorld.hello(Id.random(bench.world.random)), () -> {});
    assertThat(stream.welcome().hosted()).isEmpty();
    stream.settle(Set.of());
    assertThat(endOf(svid.execution())).isEmpty();
  }

  @Test
  void revoked_withoutAProcess_endsAtOnce_andIsOnTheList() throws Exception {
    IssuedSvid svid = open(process);
    report(svid.execution(), "process-exited");
    var revoked =
        bench
            .world
            .core
            .revokeExecution()
            .run(CoreWorld.ADMIN, bench.world.request(), svid.execution().toString(), "stolen");
    assertThat(revoked.execution().execution().running()).isFalse();
    byte[] list = bench.world.core.revocationLists().of(bench.world.authority.id()).orElseThrow();
    var crl =
        (X509CRL)
            CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(list));
    assertThat(crl.getRevokedCertificate(svid.chain().getFirst())).isNotNull();
    refusedLike(
        Kind.REFUSED, "agent finance/bot: barred on node .*", () -> open(bench.world.process()));
  }

  @Test
  void lostNode_takesItWithIt() throws Exception {
    IssuedSvid svid = open(process);
    report(svid.execution(), "process-exited");
    for (int i = 0; i < 30; i++) {
      pass(NodeLeases.LOOK_EVERY);
    }
    assertThat(endOf(svid.execution())).isEqualTo("node-lost");
  }

  @Test
  void changeOfTheLifetime_endsWhatRuns_saidBefore_andProcessesBeginAnew() throws Exception {
    IssuedSvid svid = open(process);
    var told = change(Lifetime.PROCESS, true);
    assertThat(told.report().executions().shown())
        .extracting(Affected::execution, Affected::effect, Affected::reason)
        .containsExactly(tuple(svid.execution(), Effect.ENDS, "lifetime-changed"));
    assertThat(endOf(svid.execution())).isEmpty();

    var _ = change(Lifetime.PROCESS, false);
    assertThat(endOf(svid.execution())).isEqualTo("lifetime-changed");
    IssuedSvid next = open(process);
    assertThat(next.execution()).isNotEqualTo(svid.execution());
    assertThat(ExecutionFacts.of(next.chain().getFirst()).orElseThrow().code())
        .isEqualTo(CodeAssurance.FILE);
  }

  @Test
  void otherChanges_leaveADetachedOneTheSvidThatItHas_andSaySo() throws Exception {
    IssuedSvid gone = open(process);
    report(gone.execution(), "process-exited");
    IssuedSvid there = open(bench.world.process());
    var changed =
        update(
            new Profile(Optional.empty(), List.of(), "web"),
            Governance.none(),
            false,
            SubjectField.HINT);
    assertThat(changed.report().executions().shown())
        .extracting(Affected::execution, Affected::effect)
        .containsExactly(
            tuple(gone.execution(), Effect.STAYS), tuple(there.execution(), Effect.RENEWS));
  }

  @Test
  void setThatDemandsWhatItCouldNeverReach_isRefused_andKeepsItFromThisLifetime() throws Exception {
    String never =
        "minimum code file: with lifetime svid (expected: none or claimed, since nothing ties an SVID in a file to the code that fetched it)";
    var match = CoreWorld.newAgent("finance", "x", "unix:uid:1000", "unix:path:/opt/x").match();
    var demanding =
        new CreateSubject.Match(
            match.selectors(),
            List.of(),
            true,
            new Governance.Assurance(CodeAssurance.FILE, Isolation.SHARED_UID));
    refused(Kind.INVALID, never, () -> add(demanding));
    var _ = change(Lifetime.PROCESS, false);
    var _ = add(demanding);
    refused(Kind.INVALID, never, () -> change(Lifetime.SVID, false));
    // Another field of it can be changed as before.
    var changed =
        update(
            new Profile(Optional.empty(), List.of(), "web"),
            Governance.none(),
            false,
            SubjectField.HINT);
    assertThat(changed.now().subject().svid().hint()).isEqualTo("web");
  }

  private Changed<SubjectView> add(CreateSubject.Match match) throws ServerException {
    return bench
        .world
        .core
        .life()
        .registrations()
        .add(CoreWorld.ADMIN, ChangeAsk.now(bench.world.request(), ""), BOT, match);
  }

  @Test
  void minimumThatItCanNeverReach_isRefused() throws Exception {
    Governance none = Governance.none();
    var demanding =
        new Governance(
            none.purpose(),
            none.scope(),
            none.authority(),
            none.approvals(),
            new Governance.Assurance(CodeAssurance.FILE, none.minimum().isolation()),
            none.life());
    refused(
        Kind.INVALID,
        "minimum code file: with lifetime svid (expected: none or claimed, since nothing ties an SVID in a file to the code that fetched it)",
        () ->
            update(
                new Profile(Optional.empty(), List.of(), ""),
                demanding,
                false,
                SubjectField.MINIMUM_CODE));
  }
}
