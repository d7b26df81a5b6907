package dev.credence.server.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.credence.certs.Id;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.AuthorityKind;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.SharedMemory;
import dev.credence.server.core.testing.ToldNode;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Two servers on one database whose clocks are as far apart as they may be: one is a minute ahead
/// of the database's, the other a minute behind.
final class ClocksApartTest {
  private static final Duration OFF = ClockGuard.TOLERANCE.minusSeconds(1);
  private static final Duration LEASE = Duration.ofMinutes(1);

  private final SharedMemory database = new SharedMemory();
  private CoreWorld ahead;
  private CoreWorld behind;

  @BeforeEach
  void begin() throws Exception {
    CoreSettings usual = CoreWorld.settings(true);
    var settings =
        new CoreSettings(
            usual.trustDomain(),
            true,
            usual.lifetimes(),
            usual.limits().withNodeLease(LEASE),
            usual.address());
    ahead = CoreWorld.with(database.join(), settings);
    behind = CoreWorld.with(database.join(), settings);
    var _ = ahead.owner("finance");
    // Their authorities begin to be valid half a minute before they are made.
    ahead.clock.advance(Duration.ofMinutes(5).plus(OFF));
    behind.clock.advance(Duration.ofMinutes(5).minus(OFF));
    tick();
    tick();
  }

  private void tick() {
    behind.ticker.tick();
    ahead.ticker.tick();
  }

  @AfterEach
  void end() {
    behind.close();
    ahead.close();
    database.close();
  }

  private IssuedSvid open(ToldNode node, SubjectView agent) throws ServerException {
    return behind
        .core
        .openExecution()
        .run(
            node.id(),
            behind.request(),
            new OpenExecution.Asked(
                node.node().startId(),
                agent.registrations().getFirst().id(),
                agent.subject().revision(),
                CoreWorld.attestation(behind.process(), "unix:uid:1000")),
            behind.csr());
  }

  @Test
  void whoSaidThatItRuns_isNotTakenForGone_andItsNodesAreConnected() throws Exception {
    ToldNode node = ToldNode.at(behind);
    assertThat(ahead.core.queries().node(node.id().toString()).connectedTo())
        .contains(behind.authority.id());
    var taint = ahead.core.authorities().taint();
    Id active = behind.authority.id();
    assertThatExceptionOfType(ServerException.class)
        .isThrownBy(() -> taint.run(CoreWorld.ADMIN, ahead.request(), active, "test"))
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.BLOCKED));
    Id next = prepare();
    assertThatExceptionOfType(ServerException.class)
        .isThrownBy(() -> activate(next))
        .withMessageContaining(node.id().toString())
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.BLOCKED));
  }

  private Id prepare() throws ServerException {
    return ahead
        .core
        .authorities()
        .prepare()
        .run(CoreWorld.ADMIN, ahead.request(), AuthorityKind.X509, "test")
        .authority()
        .record()
        .id();
  }

  private void activate(Id id) throws ServerException {
    var asked = new ActivateAuthority.Asked(id, false, "test");
    var _ = ahead.core.authorities().activate().run(CoreWorld.ADMIN, ahead.request(), asked);
  }

  @Test
  void aShortLease_isNotOverBefore_becauseTheOtherServersClockIsBehind() throws Exception {
    SubjectView agent = ahead.create(CoreWorld.newAgent("finance", "bot", "unix:uid:1000"));
    ToldNode node = ToldNode.at(behind);
    node.await(Push.RegistryPush.class, push -> push.number() >= agent.subject().revision());
    IssuedSvid svid = open(node, agent);
    node.stream().close();
    // As many looks as the lease has, while no time passes.
    for (int i = 0; i < 2 * LEASE.dividedBy(NodeLeases.LOOK_EVERY); i++) {
      ahead.ticker.tick();
    }
    assertThat(running(svid)).isTrue();
    // And it ends all the same, a little late.
    for (int i = 0; i < 30; i++) {
      ahead.clock.advance(NodeLeases.LOOK_EVERY);
      behind.clock.advance(NodeLeases.LOOK_EVERY);
      ahead.ticker.tick();
    }
    assertThat(running(svid)).isFalse();
  }

  private boolean running(IssuedSvid svid) throws ServerException {
    return ahead.core.queries().execution(svid.execution().toString()).execution().running();
  }
}
