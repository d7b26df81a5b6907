package dev.credence.server.core;

import static dev.credence.server.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.Id;
import dev.credence.server.core.EndExecution.Report;
import dev.credence.server.core.Push.Ended;
import dev.credence.server.core.Push.EndedPush;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Attestation;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.ProcessSeen;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.CoreWorld.Joined;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// RenewExecution and EndExecution.
final class RenewAndEndTest {
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

  private Execution byNode(Joined node, Report report) throws ServerException {
    return bench.world.core.endExecution().byNode(node.id(), bench.world.request(), report);
  }

  private Report report(String reason) {
    return new Report(bench.node.startId(), svid.execution(), reason);
  }

  private String endReason() throws ServerException {
    return bench.shown(svid.execution()).execution().end().map(Execution.End::reason).orElse("");
  }

  @Test
  void renewal_isANewCertificate_ofTheSameExecution_onTheNewAttestation() throws Exception {
    bench.world.clock.advance(Duration.ofMinutes(5));
    Attestation now =
        CoreWorld.attestation(process, "unix:uid:1000", "unix:path:/opt/bot", "unix:user:bot");
    IssuedSvid renewed = bench.renew(svid.execution(), now);
    assertThat(renewed.execution()).isEqualTo(svid.execution());
    assertThat(renewed.notAfter()).isEqualTo(svid.notAfter().plus(Duration.ofMinutes(5)));
    assertThat(bench.shown(svid.execution()).execution().attestation()).isEqualTo(now);
    assertThat(ExecutionFacts.of(renewed.chain().getFirst()).orElseThrow().attestation())
        .isEqualTo(DigestedAttestation.of(now).digest());
    assertThat(bench.shown(svid.execution()).newestCertificate().orElseThrow().notAfter())
        .isEqualTo(renewed.notAfter());
  }

  @Test
  void sameRequestId_sameCertificate() throws Exception {
    RequestId request = bench.world.request();
    var asked =
        new RenewExecution.Asked(bench.node.startId(), svid.execution(), bench.matching(process));
    byte[] csr = bench.world.csr();
    IssuedSvid first = bench.world.core.renewExecution().run(bench.node.id(), request, asked, csr);
    assertThat(bench.world.core.renewExecution().run(bench.node.id(), request, asked, csr))
        .isEqualTo(first);
  }

  @Test
  void renewal_needsANewKey_andASettledNode() throws Exception {
    KeyPair keys = bench.world.newKeys();
    var asked =
        new RenewExecution.Asked(bench.node.startId(), svid.execution(), bench.matching(process));
    IssuedSvid _ =
        bench
            .world
            .core
            .renewExecution()
            .run(bench.node.id(), bench.world.request(), asked, bench.world.csr(keys));
    ServerException _ =
        Refusals.refusedLike(
            Kind.KEY_REUSED,
            "key [0-9a-f]{64}: certified before \\(expected: a new key for each certificate\\)",
            () ->
                bench
                    .world
                    .core
                    .renewExecution()
                    .run(bench.node.id(), bench.world.request(), asked, bench.world.csr(keys)));
    NodeStream _ =
        bench
            .world
            .core
            .nodeStreams()
            .open(bench.node.id(), CoreWorld.hello(bench.node.startId()), () -> {});
    ServerException _ =
        refused(
            Kind.UNAVAILABLE,
            "node %s: its earlier executions are not settled yet (expected: settled on its stream first)"
                .formatted(bench.node.id()),
            () -> bench.renew(svid.execution(), bench.matching(process)));
  }

  @Test
  void process_thatIsNoLongerWhatItWas_losesItsExecution() throws Exception {
    ServerException refusal =
        refused(
            Kind.NOT_ATTESTED,
            "registration %s: the attestation does not satisfy it".formatted(bench.registration()),
            () -> bench.renew(svid.execution(), CoreWorld.attestation(process, "unix:uid:1000")));
    assertThat(refusal.detail()).endsWith("not attested: unix:path:/opt/bot");
    assertThat(endReason()).isEqualTo("attestation-failed");
    assertThat(bench.world.eventKinds()).contains("execution-ended", "refused");
    ServerException _ =
        refused(
            Kind.NOT_FOUND,
            "execution %s: ended at 2026-05-04T10:00:00.123Z, attestation-failed"
                .formatted(svid.execution()),
            () -> bench.renew(svid.execution(), bench.matching(process)));
  }

  @Test
  void process_withAnotherMark_losesItsExecution() throws Exception {
    ServerException refusal =
        refused(
            Kind.NOT_ATTESTED,
            "execution %s: the attestation does not satisfy it".formatted(svid.execution()),
            () -> bench.renew(svid.execution(), bench.matching()));
    assertThat(refusal.detail())
        .isEqualTo("execution %s: the process has another mark".formatted(svid.execution()));
    assertThat(endReason()).isEqualTo("attestation-failed");
  }

  @Test
  void otherNode_mayNeitherRenewNorEnd() throws Exception {
    Joined other = bench.world.join(Map.of("region", "eu"));
    String message = "execution %s: not hosted by node %s".formatted(svid.execution(), other.id());
    ServerException _ =
        refused(
            Kind.REFUSED,
            message,
            () ->
                bench
                    .world
                    .core
                    .renewExecution()
                    .run(
                        other.id(),
                        bench.world.request(),
                        new RenewExecution.Asked(
                            other.startId(), svid.execution(), bench.matching(process)),
                        bench.world.csr()));
    ServerException _ =
        refused(
            Kind.REFUSED,
            message,
            () -> byNode(other, new Report(other.startId(), svid.execution(), "process-exited")));
    assertThat(endReason()).isEmpty();
    assertThat(bench.world.refusals()).containsExactly(message, message);
  }

  @Test
  void unknownExecution_isNotFound() {
    Id unknown = Id.random(bench.world.random);
    String message = "execution %s: not found".formatted(unknown);
    ServerException _ =
        refused(Kind.NOT_FOUND, message, () -> bench.renew(unknown, bench.matching(process)));
    ServerException _ =
        refused(
            Kind.NOT_FOUND,
            message,
            () -> byNode(bench.node, new Report(bench.node.startId(), unknown, "process-exited")));
    ServerException _ =
        refused(
            Kind.NOT_FOUND,
            "execution \"%s\": not found".formatted(unknown),
            () -> byAdministrator(unknown.toString(), ""));
    ServerException _ =
        refused(Kind.NOT_FOUND, "execution \"x\": not found", () -> byAdministrator("x", ""));
  }

  private ExecutionView byAdministrator(String execution, String reason) throws ServerException {
    return bench
        .world
        .core
        .endExecution()
        .byAdministrator(CoreWorld.ADMIN, bench.world.request(), execution, reason);
  }

  @Test
  void end_isIdempotent_andTheFirstReasonStays() throws Exception {
    Execution ended = byNode(bench.node, report("process-exited"));
    assertThat(byNode(bench.node, report("process-changed"))).isEqualTo(ended);
    assertThat(endReason()).isEqualTo("process-exited");
    assertThat(bench.world.eventKinds()).filteredOn("execution-ended"::equals).hasSize(1);
  }

  @Test
  void end_withoutAWordAsReason_orByAnEarlierStart_isRefused() throws Exception {
    ServerException _ =
        refused(
            Kind.INVALID,
            "reason \"went away\" (expected: [a-z0-9] and inner -, at most 64 characters)",
            () -> byNode(bench.node, report("went away")));
    Joined restarted =
        bench.world.connect(bench.node.id(), bench.node.keys(), Id.random(bench.world.random));
    ServerException _ =
        refused(
            Kind.STALE,
            "start id %s: not the newest of node %s (expected: a stream opened with it first)"
                .formatted(bench.node.startId(), restarted.id()),
            () -> byNode(bench.node, report("process-exited")));
  }

  @Test
  void administratorsEnd_reachesTheHostingNode_afterTheCommit() throws Exception {
    drain(bench.node.stream());
    ExecutionView view = byAdministrator(svid.execution().toString(), "misbehaved");
    assertThat(view.execution().end().orElseThrow().reason())
        .isEqualTo("administrator: misbehaved");
    assertThat(bench.node.stream().next())
        .contains(new EndedPush(List.of(new Ended(svid.execution(), "administrator: misbehaved"))));
    // Once more: no second event, no second push.
    var _ = byAdministrator(svid.execution().toString(), "");
    assertThat(bench.node.stream().next()).isEqualTo(Optional.empty());
    assertThat(bench.world.eventKinds()).filteredOn("execution-ended"::equals).hasSize(1);
  }

  @Test
  void administratorsReason_isOneShortLine() {
    ServerException _ =
        refused(
            Kind.INVALID,
            "reason: 201 bytes (expected: at most 200)",
            () -> byAdministrator(svid.execution().toString(), "x".repeat(201)));
  }

  private static void drain(NodeStream stream) {
    while (stream.next().isPresent()) {
      // until there is nothing
    }
  }
}
