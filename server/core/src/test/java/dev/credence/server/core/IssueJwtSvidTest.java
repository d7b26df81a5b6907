package dev.credence.server.core;

import static dev.credence.server.core.Refusals.refused;
import static dev.credence.server.core.Refusals.refusedLike;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.Id;
import dev.credence.certs.JwtSvid;
import dev.credence.certs.JwtVerifier;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Attestation;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.CoreWorld.Joined;
import dev.credence.server.core.testing.MemoryStore;
import java.security.Security;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class IssueJwtSvidTest {
  private CoreWorld world;
  private Joined node;
  private IssuedSvid x509;

  @BeforeEach
  void begin() throws Exception {
    world = CoreWorld.in(new MemoryStore());
    var _ = world.owner("finance");
    node = world.join(Map.of());
    x509 = open(world.create(CoreWorld.newAgentWithJwt("finance", "bot", "unix:uid:1000")));
  }

  @AfterEach
  void end() {
    world.close();
  }

  private IssuedSvid open(SubjectView subject) throws ServerException {
    Attestation attestation = CoreWorld.attestation(world.process(), "unix:uid:1000");
    return world
        .core
        .openExecution()
        .run(
            node.id(),
            world.request(),
            new OpenExecution.Asked(
                node.startId(),
                subject.registrations().getFirst().id(),
                subject.subject().revision(),
                attestation),
            world.csr());
  }

  private IssueJwtSvid.Asked asked(String... audiences) {
    return new IssueJwtSvid.Asked(
        node.startId(), x509.execution(), List.of(audiences), Optional.empty());
  }

  private IssuedJwtSvid issue(IssueJwtSvid.Asked asked) throws ServerException {
    return world.core.issueJwtSvid().run(node.id(), world.request(), asked);
  }

  private JwtSvid verified(IssuedJwtSvid issued, String audience) throws Exception {
    return new JwtVerifier(Security.getProvider("SunEC"))
        .verify(issued.token(), world.core.trust().bundle().jwt(), audience, now());
  }

  private Instant now() {
    return world.clock.instant();
  }

  private List<Map<String, String>> issuedEvents() throws ServerException {
    return world.events().stream()
        .filter(it -> it.event().what().kind().label().equals("jwt-svid-issued"))
        .map(it -> it.event().what().details())
        .toList();
  }

  @Test
  @DisplayName(
      "JW-04, JW-06 to JW-11 a token for a running execution, with the facts of its certificate")
  void token() throws Exception {
    IssuedJwtSvid issued = issue(asked("a", "b"));
    JwtSvid svid = verified(issued, "b");
    assertThat(svid.id()).isEqualTo(x509.spiffeId());
    assertThat(svid.audiences()).containsExactly("a", "b");
    assertThat(Duration.between(svid.issuedAt().orElseThrow(), svid.expiry())).hasMinutes(5);
    assertThat(svid.issuedAt().orElseThrow()).isBeforeOrEqualTo(now());
    assertThat(svid.execution()).isEqualTo(ExecutionFacts.of(x509.chain().getFirst()));
    assertThat(issued.toString()).doesNotContain(issued.token());

    var event = issuedEvents().getFirst();
    assertThat(event)
        .containsEntry("audiences", "a b")
        .containsEntry("expires-at", svid.expiry().toString());
    assertThat(svid.claims().write()).contains("\"jti\":\"" + event.get("token") + "\"");
    assertThat(event.values()).noneMatch(value -> value.contains(issued.token()));
  }

  @Test
  void sameRequestId_sameClaims_oneEvent() throws Exception {
    RequestId request = world.request();
    IssuedJwtSvid first = world.core.issueJwtSvid().run(node.id(), request, asked("a"));
    world.clock.advance(Duration.ofSeconds(30));
    IssuedJwtSvid again = world.core.issueJwtSvid().run(node.id(), request, asked("a"));
    assertThat(verified(again, "a").claims()).isEqualTo(verified(first, "a").claims());
    assertThat(issuedEvents()).hasSize(1);
    refused(
        Kind.REQUEST_REUSED,
        "request id %s: used before for another question (expected: a new id for each)"
            .formatted(request),
        () -> world.core.issueJwtSvid().run(node.id(), request, asked("b")));
  }

  @Test
  @DisplayName("JW-13 another node's execution, an ended one, an unknown one")
  void otherExecutions() throws Exception {
    Joined other = world.join(Map.of());
    var foreign =
        new IssueJwtSvid.Asked(other.startId(), x509.execution(), List.of("a"), Optional.empty());
    refused(
        Kind.REFUSED,
        "execution %s: not hosted by node %s".formatted(x509.execution(), other.id()),
        () -> world.core.issueJwtSvid().run(other.id(), world.request(), foreign));
    assertThat(world.refusals()).hasSize(1);
    Id unknown = Id.random(world.random);
    refused(
        Kind.NOT_FOUND,
        "execution %s: not found".formatted(unknown),
        () ->
            issue(new IssueJwtSvid.Asked(node.startId(), unknown, List.of("a"), Optional.empty())));
    RequestId request = world.request();
    var _ = world.core.issueJwtSvid().run(node.id(), request, asked("a"));
    var _ =
        world
            .core
            .endExecution()
            .byNode(
                node.id(),
                world.request(),
                new EndExecution.Report(node.startId(), x509.execution(), "process-exited"));
    refusedLike(Kind.NOT_FOUND, "execution .*: ended at .*", () -> issue(asked("a")));
    // What was given before is not given again either.
    refusedLike(
        Kind.NOT_FOUND,
        "execution .*: ended at .*",
        () -> world.core.issueJwtSvid().run(node.id(), request, asked("a")));
    assertThat(issuedEvents()).hasSize(1);
  }

  @Test
  void agents_haveNoneUnlessTheirRegistrationSaysSo() throws Exception {
    SubjectView plain = world.create(CoreWorld.newAgent("finance", "plain", "unix:uid:1000"));
    assertThat(plain.subject().svid().jwt()).isFalse();
    IssuedSvid svid = open(plain);
    refused(
        Kind.REFUSED,
        "agent finance/plain: no JWT-SVIDs (expected: registered with --jwt)",
        () ->
            issue(
                new IssueJwtSvid.Asked(
                    node.startId(), svid.execution(), List.of("a"), Optional.empty())));
    assertThat(world.refusals()).hasSize(1);
    assertThat(issuedEvents()).isEmpty();
  }

  @Test
  void audiencesAndLifetime_areBounded() {
    String most = "audiences: %d (expected: 1 to 16)";
    refused(Kind.INVALID, most.formatted(0), () -> issue(asked()));
    refused(
        Kind.INVALID,
        most.formatted(17),
        () -> issue(asked(Collections.nCopies(17, "a").toArray(String[]::new))));
    for (String bad : List.of("", "x".repeat(513), "a\u0000b")) {
      refusedLike(Kind.INVALID, "(?s)audience .*", () -> issue(asked(bad)));
    }
    refusedLike(Kind.INVALID, "audiences: one is given twice.*", () -> issue(asked("a", "a")));
    for (Duration ttl : List.of(Duration.ofMillis(1500), Duration.ZERO, Duration.ofSeconds(301))) {
      refusedLike(
          Kind.INVALID,
          "ttl: .*",
          () ->
              issue(
                  new IssueJwtSvid.Asked(
                      node.startId(), x509.execution(), List.of("a"), Optional.of(ttl))));
    }
  }

  @Test
  @DisplayName("JW-08 nothing outlives the authority, and then nothing is issued")
  void authoritysEnd() throws Exception {
    world.clock.advance(Duration.ofDays(30).minusSeconds(90));
    assertThat(verified(issue(asked("a")), "a").expiry())
        .isEqualTo(world.core.trust().signingJwt().life().notAfter());
    world.clock.advance(Duration.ofSeconds(90));
    refusedLike(Kind.UNAVAILABLE, "the JWT authority is valid from .*", () -> issue(asked("a")));
  }

  @Test
  void aNodeThatIsNotSettledOrOfAnotherStart_getsNothing() throws Exception {
    refusedLike(
        Kind.STALE,
        "start id .*",
        () ->
            issue(
                new IssueJwtSvid.Asked(
                    Id.random(world.random), x509.execution(), List.of("a"), Optional.empty())));
    NodeStream _ =
        world.core.nodeStreams().open(node.id(), CoreWorld.hello(node.startId()), () -> {});
    refusedLike(Kind.UNAVAILABLE, ".*not settled yet.*", () -> issue(asked("a")));
  }
}
