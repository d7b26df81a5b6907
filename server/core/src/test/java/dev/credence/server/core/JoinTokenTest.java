package dev.credence.server.core;

import static dev.credence.server.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.attestors.join.JoinToken;
import dev.credence.attestors.join.JoinTokenVerifier;
import dev.credence.certs.Id;
import dev.credence.certs.SvidVerifier;
import dev.credence.server.core.CreateJoinToken.NewToken;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.MemoryStore;
import java.security.KeyPair;
import java.security.Security;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Tokens and their redemption: CreateJoinToken, AttestNode, RenewNode.
final class JoinTokenTest {
  private MemoryStore store;
  private CoreWorld world;

  @BeforeEach
  void begin() throws Exception {
    store = new MemoryStore();
    world = CoreWorld.in(store);
  }

  @AfterEach
  void end() {
    world.close();
  }

  private NodeSvid redeem(JoinToken token, KeyPair keys) throws ServerException {
    return redeem(world.request(), token.secret().reveal(), keys);
  }

  private NodeSvid redeem(RequestId request, byte[] secret, KeyPair keys) throws ServerException {
    return world
        .core
        .attestNode()
        .run(CoreWorld.STRANGER, request, JoinTokenVerifier.NAME, secret, world.csr(keys));
  }

  private String lastRefusal() throws ServerException {
    return world.refusals().getLast();
  }

  static Stream<Arguments> wrongTokens() {
    return Stream.of(
        Arguments.of(
            new NewToken(Optional.of(Duration.ofHours(25)), Map.of()),
            "ttl: 25h (expected: whole seconds, 10s to 24h)"),
        Arguments.of(
            new NewToken(Optional.of(Duration.ofSeconds(9)), Map.of()),
            "ttl: 9s (expected: whole seconds, 10s to 24h)"),
        Arguments.of(
            new NewToken(Optional.empty(), Map.of("a:b", "x", "region", "")),
            "label key \"a:b\" (expected: [a-z0-9] and inner ._/-, at most 63 characters); label"
                + " region: value of 0 bytes (expected: 1 to 255)"),
        Arguments.of(
            new NewToken(Optional.empty(), Map.of("region", "e\nu")),
            "label region: selector value \"region:e\\u000au\" (expected: 1 to 1024 bytes, no"
                + " control characters)"));
  }

  @ParameterizedTest
  @MethodSource("wrongTokens")
  void wrongToken_isRefused(NewToken asked, String message) {
    ServerException _ =
        refused(
            Kind.INVALID,
            message,
            () -> world.core.createJoinToken().run(CoreWorld.ADMIN, world.request(), asked));
  }

  @Test
  void token_saysWhereAndWhom_andItsSecretIsKeptNowhere() throws Exception {
    CreatedToken created =
        world
            .core
            .createJoinToken()
            .run(
                CoreWorld.ADMIN,
                world.request(),
                new NewToken(Optional.empty(), Map.of("region", "eu")));
    JoinToken token = JoinToken.parse(created.token().reveal());
    assertThat(token.trustDomain()).isEqualTo(CoreWorld.TRUST_DOMAIN);
    assertThat(token.server().toString()).isEqualTo("server.example.org:8443");
    assertThat(token.pins()).containsExactly(world.authority.pin());
    assertThat(created.expiresAt())
        .isEqualTo(
            world.clock.instant().truncatedTo(ChronoUnit.MILLIS).plus(Duration.ofMinutes(10)));
    String secret = HexFormat.of().formatHex(token.secret().reveal());
    assertThat(world.events().toString())
        .doesNotContain(secret)
        .doesNotContain(created.token().reveal());
    assertThat(created.toString()).doesNotContain(created.token().reveal());
  }

  @Test
  void sameRequestId_sameToken_untilTheServerStarts() throws Exception {
    RequestId request = world.request();
    var asked = new NewToken(Optional.empty(), Map.of());
    CreatedToken first = world.core.createJoinToken().run(CoreWorld.ADMIN, request, asked);
    assertThat(world.core.createJoinToken().run(CoreWorld.ADMIN, request, asked)).isEqualTo(first);
    assertThat(
            world
                .core
                .createJoinToken()
                .run(CoreWorld.ADMIN, world.request(), asked)
                .token()
                .secret())
        .isNotEqualTo(first.token().secret());
    try (ServerCore later = world.restarted()) {
      ServerException _ =
          refused(
              Kind.ALREADY_EXISTS,
              "join token: made for this request before the server's start, and its secret is kept"
                  + " nowhere (expected: a new request)",
              () -> later.createJoinToken().run(CoreWorld.ADMIN, request, asked));
    }
  }

  @Test
  void redemption_makesANode_withLabelsAndAPinnedKey() throws Exception {
    KeyPair keys = world.newKeys();
    NodeSvid svid = redeem(world.token(Map.of("region", "eu")), keys);
    var peer =
        new SvidVerifier(Security.getProvider("SunEC"))
            .verify(svid.chain(), world.core.trust().bundle().bundle(), world.clock.instant());
    assertThat(peer.id().toString()).isEqualTo("spiffe://example.org/node/" + svid.node());
    NodeView node = world.core.queries().node(svid.node().toString());
    assertThat(node.node().origin().labels()).isEqualTo(Map.of("region", "eu"));
    assertThat(node.node().key()).isEqualTo(peer.spkiDigest());
    assertThat(node.node().presence().svidNotAfter()).isEqualTo(peer.notAfter());
    assertThat(node.connected()).isFalse();
  }

  @Test
  void redemption_isIdempotent_forTheSameKey_untilExpiry() throws Exception {
    JoinToken token = world.token(Map.of());
    KeyPair keys = world.newKeys();
    NodeSvid first = redeem(token, keys);
    world.clock.advance(Duration.ofMinutes(9));
    NodeSvid again = redeem(token, keys);
    assertThat(again.node()).isEqualTo(first.node());
    assertThat(again.chain()).isNotEqualTo(first.chain());
    world.clock.advance(Duration.ofMinutes(1));
    ServerException _ = refused(Kind.NOT_ATTESTED, "join token refused", () -> redeem(token, keys));
    assertThat(lastRefusal())
        .matches("join token [0-9a-f]{16}: expired at 2026-05-04T10:10:00.123Z");
  }

  @Test
  void sameRequestId_getsTheSameCertificate() throws Exception {
    JoinToken token = world.token(Map.of());
    KeyPair keys = world.newKeys();
    RequestId request = world.request();
    NodeSvid first = redeem(request, token.secret().reveal(), keys);
    int writes = store.writes();
    assertThat(redeem(request, token.secret().reveal(), keys)).isEqualTo(first);
    assertThat(store.writes()).isEqualTo(writes);
  }

  @Test
  void allRefusals_readTheSameOutside_andTheExactReasonIsInTheEvent() throws Exception {
    JoinToken token = world.token(Map.of());
    KeyPair keys = world.newKeys();
    NodeSvid node = redeem(token, keys);

    requireRefused(() -> redeem(world.request(), new byte[16], world.newKeys()));
    assertThat(lastRefusal()).isEqualTo("join token 374708fff7719dd5: no such token");
    world.ticker.tick();
    world.ticker.tick();

    requireRefused(() -> redeem(world.request(), new byte[15], world.newKeys()));
    assertThat(lastRefusal()).isEqualTo("join token evidence of 15 bytes (expected: 16)");
    world.ticker.tick();
    world.ticker.tick();

    requireRefused(() -> redeem(token, world.newKeys()));
    assertThat(lastRefusal()).endsWith(": redeemed before by another key, for node " + node.node());
    world.ticker.tick();
    world.ticker.tick();

    JoinToken second = world.token(Map.of());
    requireRefused(() -> redeem(second, keys));
    assertThat(lastRefusal()).endsWith(": the key is pinned for node " + node.node());
    world.ticker.tick();
    world.ticker.tick();

    store.tamperNode(node.node(), NodeState.BANNED);
    requireRefused(() -> redeem(token, keys));
    assertThat(lastRefusal()).endsWith(": node %s is banned".formatted(node.node()));

    // A refused redemption uses nothing up.
    NodeSvid other = redeem(second, world.newKeys());
    assertThat(other.node()).isNotEqualTo(node.node());
  }

  @Test
  void key_thatAnExecutionHas_makesNoNode() throws Exception {
    try (var bench = new ExecutionsBench()) {
      KeyPair keys = bench.world.newKeys();
      IssuedSvid _ = bench.open(bench.asked(bench.matching()), bench.world.csr(keys));
      JoinToken token = bench.world.token(Map.of());
      requireRefused(() ->
          bench
              .world
              .core
              .attestNode()
              .run(
                  CoreWorld.STRANGER,
                  bench.world.request(),
                  JoinTokenVerifier.NAME,
                  token.secret().reveal(),
                  bench.world.csr(keys)));
      assertThat(bench.world.refusals().getLast())
          .matches("join token [0-9a-f]{16}: the key was certified before, serial [0-9a-f]+");
    }
  }

  private static void requireRefused(Refusals.Attempt attempt) {
    ServerException _ = refused(Kind.NOT_ATTESTED, "join token refused", attempt);
  }

  @Test
  void unknownAttestor_hugeEvidence_andBadCsr_areRefused() throws Exception {
    ServerException _ =
        refused(
            Kind.INVALID,
            "node attestor \"tpm\" (expected: join_token)",
            () ->
                world
                    .core
                    .attestNode()
                    .run(CoreWorld.STRANGER, world.request(), "tpm", new byte[16], world.csr()));
    ServerException _ =
        refused(
            Kind.INVALID,
            "evidence of 16385 bytes (expected: at most 16384)",
            () ->
                world
                    .core
                    .attestNode()
                    .run(
                        CoreWorld.STRANGER,
                        world.request(),
                        JoinTokenVerifier.NAME,
                        new byte[16_385],
                        world.csr()));
    // A stranger's signature is not even looked at.
    requireRefused(() ->
        world
            .core
            .attestNode()
            .run(
                CoreWorld.STRANGER,
                world.request(),
                JoinTokenVerifier.NAME,
                new byte[16],
                new byte[5000]));
    byte[] forged = world.csr();
    forged[forged.length - 1] ^= 1;
    byte[] secret = world.token(Map.of()).secret().reveal();
    ServerException csr =
        Refusals.refusedLike(
            Kind.INVALID,
            "certificate request: .*",
            () ->
                world
                    .core
                    .attestNode()
                    .run(
                        CoreWorld.STRANGER,
                        world.request(),
                        JoinTokenVerifier.NAME,
                        secret,
                        forged));
    assertThat(csr.getCause()).isNotNull();
  }

  @Test
  void manyKeysAtOnce_oneTokenMakesExactlyOneNode() throws Exception {
    for (int round = 0; round < 10; round++) {
      JoinToken token = world.token(Map.of());
      int before = nodes();
      List<Boolean> won = atOnce(8, () -> redeem(token, world.newKeys()));
      assertThat(won).filteredOn(it -> it).hasSize(1);
      assertThat(nodes()).isEqualTo(before + 1);
    }
  }

  @Test
  void oneKeyManyTimesAtOnce_isOneNode() throws Exception {
    JoinToken token = world.token(Map.of());
    KeyPair keys = world.newKeys();
    List<Boolean> won = atOnce(8, () -> redeem(token, keys));
    assertThat(won).containsOnly(true);
    assertThat(nodes()).isEqualTo(1);
  }

  private int nodes() {
    return store.read(view -> view.nodes().all().size());
  }

  private interface Redemption {
    NodeSvid run() throws Exception;
  }

  private static List<Boolean> atOnce(int count, Redemption redemption) throws Exception {
    var go = new CountDownLatch(1);
    List<Boolean> won = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<NodeSvid>> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        all.add(
            threads.submit(() -> {
              go.await();
              return redemption.run();
            }));
      }
      go.countDown();
      for (Future<NodeSvid> one : all) {
        won.add(succeeded(one));
      }
    }
    return won;
  }

  private static boolean succeeded(Future<NodeSvid> one) throws InterruptedException {
    try {
      NodeSvid _ = one.get();
      return true;
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(ServerException.class).hasMessage("join token refused");
      return false;
    }
  }

  private static RenewNode.Asked asked(Id startId) {
    return new RenewNode.Asked(startId, Optional.empty());
  }

  @Test
  void renewal_takesOnlyThePinnedKey_andTheNewestStart() throws Exception {
    CoreWorld.Joined node = world.join(Map.of());
    world.clock.advance(Duration.ofHours(12));
    NodeSvid renewed =
        world
            .core
            .renewNode()
            .run(node.id(), world.request(), asked(node.startId()), world.csr(node.keys()));
    assertThat(renewed.node()).isEqualTo(node.id());
    assertThat(world.core.queries().node(node.id().toString()).node().presence().svidNotAfter())
        .isEqualTo(renewed.chain().getFirst().getNotAfter().toInstant());
    ServerException _ =
        Refusals.refusedLike(
            Kind.REFUSED,
            "node %s: key [0-9a-f]{64} is not the one that is pinned for it \\(expected: [0-9a-f]{64}\\)"
                .formatted(node.id()),
            () ->
                world
                    .core
                    .renewNode()
                    .run(node.id(), world.request(), asked(node.startId()), world.csr()));
    Id other = Id.random(world.random);
    ServerException _ =
        refused(
            Kind.STALE,
            "start id %s: not the newest of node %s (expected: a stream opened with it first)"
                .formatted(other, node.id()),
            () ->
                world
                    .core
                    .renewNode()
                    .run(node.id(), world.request(), asked(other), world.csr(node.keys())));
    store.tamperNode(node.id(), NodeState.SUSPENDED);
    ServerException _ =
        refused(
            Kind.REFUSED,
            "node %s: suspended (expected: active)".formatted(node.id()),
            () ->
                world
                    .core
                    .renewNode()
                    .run(
                        node.id(), world.request(), asked(node.startId()), world.csr(node.keys())));
  }
}
