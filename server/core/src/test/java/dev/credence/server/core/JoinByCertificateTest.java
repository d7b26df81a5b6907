package dev.credence.server.core;

import static dev.credence.server.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.attestors.NodeProof;
import dev.credence.attestors.NodeVerifier;
import dev.credence.certs.Certificates;
import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.server.core.DecideNode.Decision;
import dev.credence.server.core.DecideNode.Wanted;
import dev.credence.server.core.RenewNode.Asked;
import dev.credence.server.core.RenewNode.Returning;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.model.RevokedCertificate;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.MemoryStore;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Machines that join by a certificate: how often they may, and what is noticed when two have one.
final class JoinByCertificateTest {
  private static final String ATTESTOR = "machine";

  private final MemoryStore store = new MemoryStore();
  private CoreWorld world;

  /// The evidence names the machine; that it holds the key is believed.
  private static final class Machines implements NodeVerifier {
    @Override
    public String name() {
      return ATTESTOR;
    }

    @Override
    public NodeProof verify(byte[] evidence, Challenger challenger) {
      Sha256 digest = Sha256.of(evidence);
      return new NodeProof.HoldsCertificate(digest, digest, Set.of());
    }
  }

  @BeforeEach
  void begin() throws Exception {
    world = CoreWorld.with(store, CoreWorld.settings(false).withAttestors(List.of(new Machines())));
  }

  @AfterEach
  void end() {
    world.close();
  }

  private NodeSvid join(String machine, KeyPair keys) throws ServerException {
    return world
        .core
        .attestNode()
        .run(
            CoreWorld.STRANGER,
            world.request(),
            ATTESTOR,
            machine.getBytes(StandardCharsets.UTF_8),
            world.csr(keys));
  }

  private Id joinWithAnotherKey(String machine) throws ServerException {
    return join(machine, world.newKeys()).node();
  }

  @Test
  void joinsOfOneMachine_haveARate_andOthersDoNotNotice() throws Exception {
    Id node = joinWithAnotherKey("one");
    for (int i = 1; i < 20; i++) {
      assertThat(joinWithAnotherKey("one")).isEqualTo(node);
    }
    String why =
        "node %s: too many joins by its certificate (expected: at most 1 per 20m, 20 at once; a data_dir that is kept over restarts, or later again)"
            .formatted(node);
    ServerException _ = refused(Kind.EXHAUSTED, why, () -> joinWithAnotherKey("one"));
    assertThat(world.refusals()).contains(why);
    assertThat(ofNodes()).hasSize(19);
    assertThat(joinWithAnotherKey("two")).isNotEqualTo(node);
    world.clock.advance(Duration.ofMinutes(20));
    assertThat(joinWithAnotherKey("one")).isEqualTo(node);
    ServerException _ = refused(Kind.EXHAUSTED, why, () -> joinWithAnotherKey("one"));
  }

  private List<RevokedCertificate> ofNodes() {
    return store.read(view -> view.revoked().unexpiredOfNodes(world.clock.instant(), 1_000));
  }

  @Test
  void aNode_cannotHoardSvids_soItsPlacesOnTheCrlAreFew() throws Exception {
    KeyPair keys = world.newKeys();
    NodeSvid first = join("one", keys);
    for (int i = 1; i < NodeCertificates.MOST_VALID; i++) {
      NodeSvid _ = renew(first.node(), keys);
    }
    String why =
        "node %s: 128 SVIDs of it are valid (expected: fewer; the newest one used until one has expired)"
            .formatted(first.node());
    ServerException _ = refused(Kind.EXHAUSTED, why, () -> renew(first.node(), keys));
    String joining =
        "node %s: 128 SVIDs of it are valid (expected: fewer; a data_dir that is kept over restarts, or later again)"
            .formatted(first.node());
    ServerException _ = refused(Kind.EXHAUSTED, joining, () -> join("one", keys));
    ServerException _ = refused(Kind.EXHAUSTED, joining, () -> joinWithAnotherKey("one"));
    assertThat(joinWithAnotherKey("two")).isNotEqualTo(first.node());
    world.clock.advance(Duration.ofHours(25));
    assertThat(renew(first.node(), keys).node()).isEqualTo(first.node());
  }

  private NodeSvid renew(Id node, KeyPair keys) throws ServerException {
    return world
        .core
        .renewNode()
        .run(
            node,
            world.request(),
            new Asked(Id.random(world.random), Optional.empty()),
            world.csr(keys));
  }

  private NodeState state(Id node) throws ServerException {
    return world.core.queries().node(node.toString()).node().state();
  }

  private String whySuspended() throws ServerException {
    return world.events().stream()
        .filter(it -> it.event().what().kind().label().equals("node-suspended"))
        .map(it -> it.event().what().details().getOrDefault("reason", ""))
        .collect(Collectors.joining());
  }

  private static Sha256 digest(KeyPair keys) {
    return Sha256.of(keys.getPublic().getEncoded());
  }

  private void requireSuspends(NodeSvid svid, KeyPair shown, KeyPair pinned, Asked asked)
      throws Exception {
    ServerException _ =
        refused(
            Kind.REFUSED,
            "node %s: suspended (expected: active)".formatted(svid.node()),
            () ->
                world.core.renewNode().run(svid.node(), world.request(), asked, world.csr(shown)));
    assertThat(state(svid.node())).isEqualTo(NodeState.SUSPENDED);
    assertThat(whySuspended()).contains(digest(shown).toString(), digest(pinned).toString());
  }

  @Test
  void aThiefWhoJoinedWhileTheMachineWasOff_isNoticed_whenItReturnsWithAnExpiredSvid()
      throws Exception {
    KeyPair machine = world.newKeys();
    NodeSvid before = join("one", machine);
    CoreWorld.Joined _ = world.connect(before.node(), machine, Id.random(world.random));
    Instant expired = before.chain().getFirst().getNotAfter().toInstant();
    world.clock.advance(Duration.ofDays(2));

    KeyPair thief = world.newKeys();
    CoreWorld.Joined there =
        world.connect(join("one", thief).node(), thief, Id.random(world.random));
    assertThat(state(before.node())).isEqualTo(NodeState.ACTIVE);

    String serial = Certificates.serialHex(before.chain().getFirst());
    requireSuspends(
        before,
        machine,
        thief,
        new Asked(
            Id.random(world.random),
            Optional.of(serial),
            Optional.of(new Returning(digest(machine), expired))));
    assertThat(there.stream().next()).contains(new Push.Over(Push.Cause.SHUT_OUT));
  }

  @Test
  void theSame_whenItRenewsAnSvidThatIsStillValid() throws Exception {
    KeyPair machine = world.newKeys();
    NodeSvid before = join("one", machine);
    KeyPair thief = world.newKeys();
    NodeSvid _ = join("one", thief);
    String serial = Certificates.serialHex(before.chain().getFirst());
    requireSuspends(
        before,
        machine,
        thief,
        new Asked(Id.random(world.random), Optional.of(serial)).by(digest(machine)));
  }

  @Test
  void aMachineThatForgetsEverything_andStartsEvery10Minutes_isNeverShutOutForGood()
      throws Exception {
    Instant lastJoined = world.clock.instant();
    for (int i = 0; i < 3 * 24 * 6; i++) {
      try {
        Id _ = joinWithAnotherKey("one");
        lastJoined = world.clock.instant();
      } catch (ServerException e) {
        assertThat(e.getMessage()).contains("too many joins by its certificate");
      }
      assertThat(lastJoined).isAfter(world.clock.instant().minus(Duration.ofMinutes(30)));
      world.clock.advance(Duration.ofMinutes(10));
    }
  }

  @Test
  void resuming_decidesForThePinnedKey_andAnEarlierOne_isNoKillSwitch() throws Exception {
    KeyPair old = world.newKeys();
    NodeSvid svid = join("one", old);
    KeyPair now = world.newKeys();
    NodeSvid _ = join("one", now);
    requireSuspends(svid, old, now, bySvidOf(svid, old));
    resume(svid.node());
    // So that the next refusal is one of its own.
    world.clock.advance(Duration.ofMinutes(1));
    world.ticker.tick();
    String why =
        "node %s: key %s is an earlier one of it (expected: %s, which was pinned when an administrator resumed the node)"
            .formatted(svid.node(), digest(old), digest(now));
    requireRefused(why, svid, old);
    assertThat(state(svid.node())).isEqualTo(NodeState.ACTIVE);
    assertThat(world.refusals()).contains(why);
    CoreWorld.Joined _ = world.connect(svid.node(), now, Id.random(world.random));
    ServerException _ =
        refused(
            Kind.REFUSED,
            why,
            () ->
                world
                    .core
                    .nodeStreams()
                    .open(
                        svid.node(),
                        CoreWorld.hello(Id.random(world.random)).by(digest(old)),
                        () -> {}));
    // Who is refused does not end the stream of whom it says it is.
    assertThat(world.core.queries().as(CoreWorld.ADMIN).node(svid.node().toString()).connected())
        .isTrue();

    // Whoever joined since was decided on by nobody.
    KeyPair third = world.newKeys();
    NodeSvid _ = join("one", third);
    requireSuspends(svid, now, third, bySvidOf(svid, now));
  }

  private Asked bySvidOf(NodeSvid svid, KeyPair keys) {
    String serial = Certificates.serialHex(svid.chain().getFirst());
    return new Asked(Id.random(world.random), Optional.of(serial)).by(digest(keys));
  }

  private void requireRefused(String why, NodeSvid svid, KeyPair keys) throws Exception {
    ServerException _ =
        refused(
            Kind.REFUSED,
            why,
            () ->
                world
                    .core
                    .renewNode()
                    .run(svid.node(), world.request(), bySvidOf(svid, keys), world.csr(keys)));
  }

  private void resume(Id node) throws ServerException {
    DecidedNode _ =
        world
            .core
            .decideNode()
            .run(
                CoreWorld.ADMIN, world.request(), new Wanted(Decision.RESUME, node.toString(), ""));
  }

  @Test
  void returnsWithAnEarlierKey_useNothingUp_ofTheOwners() throws Exception {
    KeyPair old = world.newKeys();
    NodeSvid svid = join("one", old);
    Instant expired = svid.chain().getFirst().getNotAfter().toInstant();
    KeyPair now = world.newKeys();
    NodeSvid _ = join("one", now);
    world.clock.advance(Duration.ofDays(2));
    var asked =
        new Asked(
            Id.random(world.random),
            Optional.empty(),
            Optional.of(new Returning(digest(old), expired)));
    requireSuspends(svid, old, now, asked);
    resume(svid.node());
    for (int i = 0; i < 100; i++) {
      try {
        NodeSvid _ =
            world.core.renewNode().run(svid.node(), world.request(), asked, world.csr(old));
      } catch (ServerException e) {
        assertThat(e.kind()).isIn(Kind.REFUSED, Kind.EXHAUSTED);
      }
    }
    var owners =
        new Asked(
            Id.random(world.random),
            Optional.empty(),
            Optional.of(new Returning(digest(now), expired)));
    NodeSvid back =
        world.core.renewNode().run(svid.node(), world.request(), owners, world.csr(now));
    assertThat(back.node()).isEqualTo(svid.node());
  }
}
