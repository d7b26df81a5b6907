package dev.credence.server.core;

import static dev.credence.server.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.server.core.Queries.EventQuery;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.ProcessSeen;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.testing.CoreWorld;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class QueriesTest {
  private static final Page.Request PAGE = new Page.Request(100, Optional.empty());

  private ExecutionsBench bench;
  private Queries queries;

  @BeforeEach
  void begin() throws Exception {
    bench = new ExecutionsBench();
    queries = bench.world.core.queries();
  }

  @AfterEach
  void end() {
    bench.close();
  }

  @Test
  void agent_isFoundByFullNameShortNameAndId() throws Exception {
    for (String reference : List.of("finance/bot", "bot", bench.agent.subject().id().toString())) {
      assertThat(queries.subject(SubjectKind.AGENT, reference)).isEqualTo(bench.agent);
    }
  }

  @Test
  void whatIsNotThere_isNotFound() {
    for (String reference :
        List.of("", "x", "finance/x", "x/bot", "/", "a/b/c", "\u0000", "a".repeat(26))) {
      ServerException refusal =
          Refusals.refusedLike(
              Kind.NOT_FOUND,
              "agent \".*\": not found",
              () -> queries.subject(SubjectKind.AGENT, reference));
      assertThat(refusal.getMessage()).doesNotContain("\u0000");
    }
    // An agent's id is no service's.
    ServerException _ =
        refused(
            Kind.NOT_FOUND,
            "service \"%s\": not found".formatted(bench.agent.subject().id()),
            () -> queries.subject(SubjectKind.SERVICE, bench.agent.subject().id().toString()));
    ServerException _ = refused(Kind.NOT_FOUND, "owner \"x\": not found", () -> queries.owner("x"));
    ServerException _ = refused(Kind.NOT_FOUND, "node \"x\": not found", () -> queries.node("x"));
    ServerException _ =
        refused(Kind.NOT_FOUND, "execution \"x\": not found", () -> queries.execution("x"));
    ServerException _ =
        refused(
            Kind.NOT_FOUND,
            "agent or service \"x\": not found",
            () -> queries.executions("x", false, PAGE));
  }

  @Test
  void shortName_ofSeveral_isAmbiguous_andNamesThem() throws Exception {
    var _ = bench.world.owner("sales");
    var _ = bench.world.create(CoreWorld.newAgent("sales", "bot", "unix:uid:7"));
    ServerException _ =
        refused(
            Kind.AMBIGUOUS,
            "agent \"bot\": several have this name (expected: one of finance/bot, sales/bot)",
            () -> queries.subject(SubjectKind.AGENT, "bot"));
    for (int i = 0; i < 10; i++) {
      var _ = bench.world.owner("team-" + i);
      var _ = bench.world.create(CoreWorld.newAgent("team-" + i, "bot", "unix:uid:7"));
    }
    ServerException refusal =
        Refusals.refusedLike(
            Kind.AMBIGUOUS,
            "agent \"bot\": several have this name \\(expected: one of finance/bot, sales/bot, .*"
                + " and 2 more\\)",
            () -> queries.subject(SubjectKind.AGENT, "bot"));
    assertThat(refusal.getMessage()).doesNotContain("team-9");
  }

  @Test
  void pages_comeInOrder_andForgedTokensAreRefused() throws Exception {
    var _ = bench.world.owner("sales");
    Page<OwnerView> first = queries.owners(new Page.Request(1, Optional.empty()));
    Page<OwnerView> second = queries.owners(new Page.Request(1, first.next()));
    assertThat(first.items().getFirst().owner().name().value()).isEqualTo("finance");
    assertThat(second.items().getFirst().owner().name().value()).isEqualTo("sales");
    assertThat(second.next()).isEmpty();
    ServerException _ =
        refused(
            Kind.INVALID,
            "page token: \"forged\" (expected: the one that came with the page before)",
            () -> queries.owners(new Page.Request(1, Optional.of("forged"))));
  }

  @Test
  void executions_areListedByAgent_withTheirNewestCertificate() throws Exception {
    var _ = bench.world.create(CoreWorld.newAgent("finance", "other", "unix:uid:7"));
    ProcessSeen process = bench.world.process();
    IssuedSvid svid = bench.open(bench.matching(process));
    ExecutionView view = queries.executions("finance/bot", false, PAGE).items().getFirst();
    assertThat(view.execution().id()).isEqualTo(svid.execution());
    assertThat(view.spiffeId()).isEqualTo(svid.spiffeId());
    assertThat(view.newestCertificate().orElseThrow().notAfter()).isEqualTo(svid.notAfter());
    assertThat(queries.executions("other", true, PAGE).items()).isEmpty();
    assertThat(queries.executions("", false, PAGE).items()).containsExactly(view);
    assertThat(queries.runningAs(process.mark().instance())).containsExactly(view.execution());
  }

  @Test
  void events_areFilteredByKindAndSubject_andSayWhoTheyAreAbout() throws Exception {
    IssuedSvid _ = bench.open(bench.matching());
    List<EventView> issued =
        queries.events(new EventQuery(0, Optional.empty(), "svid-issued", "bot"), 10);
    assertThat(issued)
        .singleElement()
        .satisfies(it -> assertThat(it.subject()).isEqualTo("finance/bot"));
    assertThat(queries.events(new EventQuery(0, Optional.empty(), "", "finance/bot"), 1000))
        .extracting(it -> it.event().what().kind().label())
        .containsExactly("agent-created", "registration-created", "execution-began", "svid-issued");
    ServerException _ =
        Refusals.refusedLike(
            Kind.INVALID,
            "event kind \"x\" \\(expected: one of server-started, .*\\)",
            () -> queries.events(new EventQuery(0, Optional.empty(), "x", ""), 10));
    ServerException _ =
        Refusals.refusedLike(
            Kind.INVALID,
            "event kind \"agent-suspend\" \\(did you mean agent-suspended\\? expected: one of .*\\)",
            () -> queries.events(new EventQuery(0, Optional.empty(), "agent-suspend", ""), 10));
    ServerException _ =
        refused(
            Kind.INVALID,
            "page size: 0 (expected: 1 to 1000)",
            () -> queries.events(new EventQuery(0, Optional.empty(), "", ""), 0));
  }

  @Test
  void follower_getsPastEvents_thenNewOnes_andIsWokenOncePerBatch() throws Exception {
    var signals = new AtomicInteger();
    long last = bench.world.events().size();
    try (EventFollower follower =
        queries.follow(
            new EventQuery(last - 1, Optional.empty(), "", ""), signals::incrementAndGet)) {
      assertThat(follower.next()).hasSize(1);
      assertThat(follower.next()).isEmpty();
      var _ = bench.world.owner("sales");
      var _ = bench.world.owner("legal");
      assertThat(signals).hasValue(1);
      assertThat(follower.next())
          .extracting(it -> it.event().what().kind().label())
          .containsExactly("owner-created", "owner-created");
      assertThat(follower.next()).isEmpty();
      assertThat(follower.isOver()).isFalse();
      bench.world.core.beginStop();
      assertThat(follower.isOver()).isTrue();
      assertThat(signals.get()).isGreaterThan(1);
    }
  }

  @Test
  void follower_withAFilter_passesOverTheRest() throws Exception {
    var signals = new AtomicInteger();
    try (EventFollower follower =
        queries.follow(
            new EventQuery(0, Optional.empty(), "owner-created", ""), signals::incrementAndGet)) {
      assertThat(follower.next()).hasSize(1);
      assertThat(follower.next()).isEmpty();
      IssuedSvid _ = bench.open(bench.matching());
      assertThat(follower.next()).isEmpty();
      var _ = bench.world.owner("sales");
      assertThat(follower.next()).hasSize(1);
    }
    int before = signals.get();
    var _ = bench.world.owner("legal");
    assertThat(signals).hasValue(before);
  }

  @Test
  void idText_thatIsAName_isTheName() throws Exception {
    String id = bench.agent.subject().id().toString();
    OwnerView named = bench.world.owner(id);
    assertThat(queries.owner(id)).isEqualTo(named);
    assertThat(queries.owner(named.owner().id().toString())).isEqualTo(named);
  }
}
