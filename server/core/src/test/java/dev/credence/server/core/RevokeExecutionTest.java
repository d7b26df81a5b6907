package dev.credence.server.core;

import static dev.credence.server.core.Refusals.refused;
import static dev.credence.server.core.Refusals.refusedLike;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Id;
import dev.credence.server.core.Push.BarsPush;
import dev.credence.server.core.Push.Ended;
import dev.credence.server.core.Push.EndedPush;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Bar;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.ProcessSeen;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.CoreWorld.Joined;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A forced end bars; an administrator lifts it.
final class RevokeExecutionTest {
  private ExecutionsBench bench;
  private ProcessSeen process;
  private IssuedSvid svid;

  @BeforeEach
  void begin() throws Exception {
    bench = new ExecutionsBench();
    process = bench.world.process();
    svid = bench.open(bench.matching(process));
  }

  @AfterEach
  void end() {
    bench.close();
  }

  private RevokedExecution revoke(Id execution) throws ServerException {
    return bench
        .world
        .core
        .revokeExecution()
        .run(CoreWorld.ADMIN, bench.world.request(), execution.toString(), "exfiltrates");
  }

  private BarView unbar(Id execution) throws ServerException {
    return bench
        .world
        .core
        .liftBar()
        .run(CoreWorld.ADMIN, bench.world.request(), execution.toString(), "checked");
  }

  private Optional<String> endReason(Id execution) throws ServerException {
    return bench.shown(execution).execution().end().map(Execution.End::reason);
  }

  private List<Bar> bars(boolean lifted) throws ServerException {
    return bench
        .world
        .core
        .queries()
        .bars(lifted, new Page.Request(10, Optional.empty()))
        .items()
        .stream()
        .map(BarView::bar)
        .toList();
  }

  private ServerException barred(ProcessSeen caller) {
    return refusedLike(
        Kind.REFUSED,
        "agent finance/bot: barred on node %s since .*, when execution %s was revoked \\(expected: lifted with credence execution unbar\\)"
            .formatted(bench.node.id(), svid.execution()),
        () -> bench.open(bench.matching(caller)));
  }

  @Test
  void revocation_ends_andBarsTheAgentOnTheNode() throws Exception {
    RevokedExecution revoked = revoke(svid.execution());
    assertThat(revoked.execution().execution().end().map(Execution.End::reason))
        .contains("revoked: exfiltrates");
    assertThat(revoked.others()).isZero();
    assertThat(revoked.bar().bar().scope())
        .isEqualTo(new Bar.Scope(bench.agent.subject().id(), bench.node.id(), svid.execution()));
    assertThat(revoked.bar().bar().set().by()).isEqualTo("uid:1000");
    assertThat(bars(false)).containsExactly(revoked.bar().bar());
    // The process itself, coming back; then any other of that agent.
    ServerException _ = barred(process);
    ServerException _ = barred(bench.world.process());
    ServerException _ =
        refusedLike(
            Kind.NOT_FOUND,
            "execution .* ended at .*, revoked: exfiltrates",
            () -> bench.renew(svid.execution(), bench.matching(process)));
    assertThat(bench.world.eventKinds()).contains("bar-set", "execution-ended", "refused");
  }

  @Test
  void whatElseRunsOfTheAgentThere_endsToo_sinceItMayDescendFromIt() throws Exception {
    IssuedSvid sibling = bench.open(bench.matching());
    Joined elsewhere = bench.world.join(Map.of("region", "eu"));
    IssuedSvid other = openOn(elsewhere);
    assertThat(revoke(svid.execution()).others()).isEqualTo(1);
    assertThat(endReason(sibling.execution())).contains("barred");
    assertThat(endReason(other.execution())).isEmpty();
    // Another node is another matter.
    IssuedSvid _ = openOn(elsewhere);
  }

  private IssuedSvid openOn(Joined node) throws ServerException {
    return bench
        .world
        .core
        .openExecution()
        .run(
            node.id(),
            bench.world.request(),
            new OpenExecution.Asked(
                node.startId(),
                bench.registration(),
                bench.agent.subject().revision(),
                bench.matching()),
            bench.world.csr());
  }

  @Test
  void anotherAgentOnThatNode_isNotBarred() throws Exception {
    SubjectView helper =
        bench.world.create(CoreWorld.newAgentOn("region:eu", "finance", "helper", "unix:uid:1000"));
    RevokedExecution _ = revoke(svid.execution());
    IssuedSvid _ =
        bench.open(
            new OpenExecution.Asked(
                bench.node.startId(),
                helper.registrations().getFirst().id(),
                helper.subject().revision(),
                bench.matching(process)),
            bench.world.csr());
  }

  @Test
  void unbar_letsTheAgentRunAgain_andSaysWhatItLifted() throws Exception {
    RevokedExecution _ = revoke(svid.execution());
    Bar lifted = unbar(svid.execution()).bar();
    assertThat(lifted.lifted().orElseThrow().reason()).isEqualTo("checked");
    assertThat(bars(false)).isEmpty();
    assertThat(bars(true)).containsExactly(lifted);
    IssuedSvid again = bench.open(bench.matching(process));
    assertThat(again.execution()).isNotEqualTo(svid.execution());
    assertThat(bench.world.events())
        .filteredOn(it -> it.event().what().kind().label().equals("bar-lifted"))
        .singleElement()
        .satisfies(it ->
            assertThat(it.event().what().details())
                .containsEntry("reason", "checked")
                .containsEntry("set-reason", "exfiltrates")
                .containsEntry("set-by", "uid:1000"));
    ServerException _ =
        refused(
            Kind.NOT_FOUND,
            "execution %s: its agent is not barred on node %s (expected: one that credence execution list --barred shows)"
                .formatted(svid.execution(), bench.node.id()),
            () -> unbar(svid.execution()));
  }

  @Test
  void revokingWhatHasEnded_barsAllTheSame_andItsEndStays() throws Exception {
    Execution _ =
        bench
            .world
            .core
            .endExecution()
            .byNode(
                bench.node.id(),
                bench.world.request(),
                new EndExecution.Report(bench.node.startId(), svid.execution(), "process-exited"));
    RevokedExecution _ = revoke(svid.execution());
    assertThat(endReason(svid.execution())).contains("process-exited");
    ServerException _ = barred(process);
  }

  @Test
  void revokingTwice_isOneBar() throws Exception {
    Bar first = revoke(svid.execution()).bar().bar();
    assertThat(revoke(svid.execution()).bar().bar()).isEqualTo(first);
    assertThat(bench.world.eventKinds()).filteredOn("bar-set"::equals).hasSize(1);
  }

  @Test
  void sameRequestId_sameAnswer_evenAfterItWasLifted() throws Exception {
    RequestId request = bench.world.request();
    String id = svid.execution().toString();
    RevokeExecution use = bench.world.core.revokeExecution();
    RevokedExecution first = use.run(CoreWorld.ADMIN, request, id, "");
    BarView _ = unbar(svid.execution());
    RevokedExecution again = use.run(CoreWorld.ADMIN, request, id, "");
    assertThat(again.bar().bar().id()).isEqualTo(first.bar().bar().id());
    assertThat(bars(false)).isEmpty();
  }

  @Test
  void theNodeIsTold_theBarsFirst_andAgainWhenItComesBack() throws Exception {
    bench.drain();
    RevokedExecution revoked = revoke(svid.execution());
    assertThat(bench.node.stream().next()).contains(new BarsPush(List.of(revoked.bar().bar())));
    assertThat(bench.node.stream().next())
        .contains(new EndedPush(List.of(new Ended(svid.execution(), "revoked: exfiltrates"))));
    NodeStream later =
        bench
            .world
            .core
            .nodeStreams()
            .open(bench.node.id(), CoreWorld.hello(Id.random(bench.world.random)), () -> {});
    assertThat(later.welcome().bars()).containsExactly(revoked.bar().bar());
    assertThat(later.welcome().hosted()).isEmpty();
    BarView _ = unbar(svid.execution());
    later.settle(java.util.Set.of());
    assertThat(later.next()).get().isInstanceOf(Push.BundlePush.class);
    assertThat(later.next()).contains(new BarsPush(List.of()));
  }

  @Test
  void aBar_survivesTheServersRestart() throws Exception {
    RevokedExecution _ = revoke(svid.execution());
    try (ServerCore after = bench.world.restarted()) {
      NodeStream stream =
          after
              .nodeStreams()
              .open(bench.node.id(), CoreWorld.hello(bench.node.startId()), () -> {});
      stream.settle(java.util.Set.of());
      ServerException _ =
          refusedLike(
              Kind.REFUSED,
              "agent finance/bot: barred .*",
              () ->
                  after
                      .openExecution()
                      .run(
                          bench.node.id(),
                          bench.world.request(),
                          bench.asked(bench.matching()),
                          bench.world.csr()));
    }
  }
}
