package dev.credence.server.core;

import static dev.credence.server.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Isolation;
import dev.credence.certs.Name;
import dev.credence.server.core.CreateSubject.Match;
import dev.credence.server.core.CreateSubject.NewSubject;
import dev.credence.server.core.CreateSubject.Profile;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.NodeSelection;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.OwnerState;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.MemoryStore;
import dev.credence.server.core.testing.Samples;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class CreateSubjectTest {
  private static final NewSubject RIGHT = CoreWorld.newAgent("finance", "bot", "unix:uid:1000");

  private MemoryStore store;
  private CoreWorld world;

  @BeforeEach
  void begin() throws Exception {
    store = new MemoryStore();
    world = CoreWorld.in(store);
    var _ = world.owner("finance");
  }

  @AfterEach
  void end() {
    world.close();
  }

  private static NewSubject matching(List<String> selectors, List<String> nodes, boolean anyNode) {
    return new NewSubject(
        RIGHT.kind(),
        RIGHT.owner(),
        RIGHT.name(),
        new Match(
            selectors.stream().map(CoreWorld::raw).toList(),
            nodes.stream().map(CoreWorld::raw).toList(),
            anyNode),
        RIGHT.svid(),
        RIGHT.governance());
  }

  private static NewSubject saying(Profile profile) {
    return new NewSubject(
        RIGHT.kind(), RIGHT.owner(), RIGHT.name(), RIGHT.match(), profile, RIGHT.governance());
  }

  private static NewSubject named(String owner, String name) {
    return new NewSubject(
        RIGHT.kind(), owner, name, RIGHT.match(), RIGHT.svid(), RIGHT.governance());
  }

  private static Profile ttl(Duration ttl) {
    return new Profile(Optional.of(ttl), List.of(), "");
  }

  private static NewSubject governed(Governance governance) {
    return new NewSubject(
        RIGHT.kind(), RIGHT.owner(), RIGHT.name(), RIGHT.match(), RIGHT.svid(), governance);
  }

  private static Governance purpose(String purpose) {
    Governance none = Governance.none();
    return new Governance(
        purpose, none.scope(), none.authority(), none.approvals(), none.minimum(), none.life());
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        Arguments.of(
            named("finance", "Bot"),
            Kind.INVALID,
            "agent name \"Bot\" (expected: [a-z0-9] and inner -, at least 1 and at most 63"
                + " characters)"),
        Arguments.of(named("", "bot"), Kind.INVALID, "owner: none (expected: the owner's name)"),
        Arguments.of(named("nobody", "bot"), Kind.NOT_FOUND, "owner \"nobody\": not found"),
        Arguments.of(
            matching(List.of(), List.of(), true),
            Kind.INVALID,
            "selectors: none (expected: at least one TYPE:NAME:VALUE)"),
        Arguments.of(
            matching(List.of("unix:uid:1", "unix:uid:1"), List.of(), true),
            Kind.INVALID,
            "selector \"unix:uid:1\": given twice (expected: each once)"),
        Arguments.of(
            matching(Collections.nCopies(33, "unix:uid:1"), List.of(), true),
            Kind.INVALID,
            "selectors: 33 (expected: at most 32)"),
        Arguments.of(
            matching(List.of("unix:uid:1"), List.of(), false),
            Kind.INVALID,
            "node selectors: none (expected: at least one node:label:KEY:VALUE or node:id:ID, or"
                + " any node)"),
        Arguments.of(
            matching(List.of("unix:uid:1"), List.of("node:label:a:b"), true),
            Kind.INVALID,
            "node selectors: given together with any node (expected: one of the two)"),
        Arguments.of(
            saying(ttl(Duration.ofSeconds(59))),
            Kind.INVALID,
            "ttl: 59s (expected: whole seconds, 60s to 24h)"),
        Arguments.of(
            saying(ttl(Duration.ofHours(25))),
            Kind.INVALID,
            "ttl: 25h (expected: whole seconds, 60s to 24h)"),
        Arguments.of(
            saying(ttl(Duration.ofMillis(90_500))),
            Kind.INVALID,
            "ttl: PT1M30.5S (expected: whole seconds, 60s to 24h)"),
        Arguments.of(
            saying(
                new Profile(
                    Optional.empty(), List.of("*.example.org", "a.b", "a.b", "10.0.0.1"), "")),
            Kind.INVALID,
            "DNS name \"*.example.org\" (expected: lower-case labels of [a-z0-9-] with dots, no"
                + " wildcard, no address); DNS name a.b: given twice (expected: each once); DNS"
                + " name \"10.0.0.1\" (expected: lower-case labels of [a-z0-9-] with dots, no"
                + " wildcard, no address)"),
        Arguments.of(
            saying(new Profile(Optional.empty(), Collections.nCopies(17, "a"), "")),
            Kind.INVALID,
            "DNS names: 17 (expected: at most 16)"),
        Arguments.of(
            saying(new Profile(Optional.empty(), List.of(), "\u00fc".repeat(513))),
            Kind.INVALID,
            "hint: 1026 bytes (expected: at most 1024)"),
        Arguments.of(
            governed(purpose("x".repeat(4097))),
            Kind.INVALID,
            "purpose: 4097 bytes (expected: at most 4096)"),
        Arguments.of(
            new NewSubject(
                SubjectKind.SERVICE,
                "",
                "-",
                new Match(List.of(), List.of(), false),
                ttl(Duration.ZERO),
                Governance.none()),
            Kind.INVALID,
            "owner: none (expected: the owner's name); service name \"-\" (expected: [a-z0-9] and"
                + " inner -, at least 1 and at most 63 characters); selectors: none (expected: at"
                + " least one TYPE:NAME:VALUE); node selectors: none (expected: at least one"
                + " node:label:KEY:VALUE or node:id:ID, or any node); ttl: 0s (expected: whole"
                + " seconds, 60s to 24h)"),
        Arguments.of(
            named("finance", "taken"),
            Kind.ALREADY_EXISTS,
            "agent finance/taken: there is one, active (expected: a name never used before)"));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void wrongRequest_isRefused_withAllReasons_andNothingHalfWritten(
      NewSubject asked, Kind kind, String message) throws Exception {
    var _ = world.create(named("finance", "taken"));
    long number = world.core.registry().number();
    int events = world.events().size();
    ServerException _ = refused(kind, message, () -> world.create(asked));
    assertThat(world.core.registry().number()).isEqualTo(number);
    assertThat(world.core.registry().size()).isEqualTo(1);
    assertThat(world.events()).hasSize(events + 1);
    assertThat(world.refusals()).containsExactly(message);
    boolean half =
        store.read(view ->
            view.subjects().all().size() != 1
                || view.subjects().allRegistrations().size() != 1
                || view.meta().registryNumber() != number);
    assertThat(half).isFalse();
  }

  @Test
  void selectorOfUnknownType_isRefused_withTheNearest() {
    ServerException refusal =
        refused(
            Kind.INVALID,
            "selector type \"unx\" (did you mean unix? expected: code, docker, launch, node, process, sandbox, systemd,"
                + " tcp, unix, x509pop); selector name after"
                + " unix: \"pth\" (did you mean path? expected: gid, group, path, sha256,"
                + " supplementary_gid, supplementary_group, uid, user); selector unix:uid: value"
                + " \"root\" (expected: a number from 0 to 4294967294, without leading zeros)",
            () ->
                world.create(
                    matching(
                        List.of("unx:uid:1", "unix:pth:/a", "unix:uid:root"), List.of(), true)));
    assertThat(refusal.detail()).isEqualTo(refusal.getMessage());
  }

  @Test
  void nodeSelectors_areNodesAlone_andWorkloadsTheirs() {
    ServerException _ =
        refused(
            Kind.INVALID,
            "selector \"node:label:a:b\" is a node's (expected: a process's here; node selectors"
                + " have their own place); selector \"unix:uid:1\" is not a node's (expected:"
                + " node:label:KEY:VALUE, node:id:ID, or one of the node's attestor, such as"
                + " x509pop:subject:cn:NAME)",
            () -> world.create(matching(List.of("node:label:a:b"), List.of("unix:uid:1"), false)));
  }

  @Test
  void subject_isPublishedAfterTheCommit_withItsRevision() throws Exception {
    SubjectView view =
        world.create(matching(List.of("unix:uid:1"), List.of("node:label:a:b"), false));
    assertThat(view.spiffeId().toString()).isEqualTo("spiffe://example.org/agent/finance/bot");
    assertThat(view.subject().svid().ttl()).isEqualTo(Duration.ofMinutes(10));
    RegistryEntry entry =
        world.core.registry().find(view.registrations().getFirst().id()).orElseThrow();
    assertThat(entry.subject()).isEqualTo(view.subject());
    assertThat(entry.revision()).isEqualTo(world.core.registry().number());
    assertThat(entry.registration().nodes()).isEqualTo(StreamBench.having("node:label:a:b"));
    assertThat(world.core.queries().subject(SubjectKind.AGENT, "bot")).isEqualTo(view);
  }

  @Test
  void service_livesAnHour_andSharesNoNameSpaceWithAgents() throws Exception {
    var _ = world.create(RIGHT);
    SubjectView service =
        world.create(
            new NewSubject(
                SubjectKind.SERVICE,
                RIGHT.owner(),
                RIGHT.name(),
                RIGHT.match(),
                RIGHT.svid(),
                RIGHT.governance()));
    assertThat(service.subject().svid().ttl()).isEqualTo(Duration.ofHours(1));
    assertThat(service.spiffeId().toString()).isEqualTo("spiffe://example.org/service/finance/bot");
  }

  @Test
  void inDevMode_noNodeSelectors_meanAnyNode() throws Exception {
    try (var dev = CoreWorld.dev(new MemoryStore())) {
      var _ = dev.owner("finance");
      SubjectView view = dev.create(matching(List.of("unix:uid:1"), List.of(), false));
      assertThat(view.registrations().getFirst().nodes()).isEqualTo(new NodeSelection.AnyNode());
    }
  }

  @Test
  void ownerThatIsNotActive_getsNoAgents() throws Exception {
    var samples = new Samples(1);
    store.tamper(tx -> {
      var person = samples.person();
      var owner = samples.owner(person);
      tx.owners().insert(person);
      tx.owners()
          .insert(
              new Owner(
                  owner.id(),
                  new Name("gone"),
                  owner.contact(),
                  person.id(),
                  Optional.empty(),
                  OwnerState.SUSPENDED,
                  owner.createdAt()));
    });
    ServerException _ =
        refused(
            Kind.INVALID,
            "owner gone: suspended (expected: active)",
            () -> world.create(named("gone", "bot")));
  }

  @Test
  void governanceRecord_isKeptWhole() throws Exception {
    Governance governance =
        new Governance(
            "pays invoices",
            new Governance.Scope(List.of("ledger"), List.of("secret"), "weekdays"),
            new Governance.Authority(
                List.of("payer"),
                List.of("reader"),
                List.of(
                    new Governance.Standing("close", List.of("payer"), Duration.ofHours(1), "10"))),
            new Governance.Approvals(List.of("above 100"), List.of("ada")),
            new Governance.Assurance(CodeAssurance.FILE, Isolation.OWN_UID),
            new Governance.Life(
                Optional.of(Duration.ofDays(1)), Optional.empty(), Optional.empty()));
    var _ = world.create(governed(governance));
    assertThat(
            world.core.queries().subject(SubjectKind.AGENT, "finance/bot").subject().governance())
        .isEqualTo(governance);
  }

  @Test
  void sameRequestId_sameAnswer_andOneSubject() throws Exception {
    RequestId request = world.request();
    SubjectView first = world.core.createSubject().run(CoreWorld.ADMIN, request, RIGHT);
    assertThat(world.core.createSubject().run(CoreWorld.ADMIN, request, RIGHT)).isEqualTo(first);
    assertThat(world.core.registry().size()).isEqualTo(1);
    ServerException _ =
        refused(
            Kind.REQUEST_REUSED,
            "request id %s: used before for another question (expected: a new id for each)"
                .formatted(request),
            () ->
                world
                    .core
                    .createSubject()
                    .run(CoreWorld.ADMIN, request, named("finance", "other")));
  }
}
