package dev.credence.server.core;

import static dev.credence.server.core.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Name;
import dev.credence.certs.Sha256;
import dev.credence.server.core.ChangePersons.Accounts;
import dev.credence.server.core.CreateOwner.NewOwner;
import dev.credence.server.core.CreateSubject.Match;
import dev.credence.server.core.CreateSubject.Profile;
import dev.credence.server.core.EnrollAdministrator.NewAdministrator;
import dev.credence.server.core.EnrollAdministrator.Ttls;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.MemoryStore;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A declaration reaches no further than the same change made by hand.
final class ApplyReachTest {
  private static final String OUTSIDE =
      "administrator rae: owner \"%s\": outside of its owners (expected: one of team or below, or"
          + " role operator)";

  private CoreWorld world;

  @BeforeEach
  void begin() throws Exception {
    world = CoreWorld.in(new MemoryStore());
    var _ = world.owner("team");
    var _ = world.owner("rival");
    var _ =
        world
            .core
            .createOwner()
            .run(
                CoreWorld.ADMIN, world.request(), new NewOwner("squad", "", "", "", "ada", "team"));
  }

  @AfterEach
  void end() {
    world.close();
  }

  private Actor.Administrator enrolled(String name, String role, String... owners)
      throws ServerException {
    var keys = world.newKeys();
    var asked =
        new NewAdministrator(
            name, role, List.of(owners), "", new Ttls(Optional.empty(), Optional.empty()));
    var enrolled =
        world.core.administration().enroll().run(CoreWorld.ADMIN, world.request(), asked, "");
    var _ =
        world
            .core
            .administration()
            .certificates()
            .redeem(
                CoreWorld.STRANGER,
                world.request(),
                enrolled.token().contents().secret().reveal(),
                world.csr(keys));
    return new Actor.Administrator(
        new Name(name), Optional.of(Sha256.of(keys.getPublic().getEncoded())));
  }

  private static Declared.Subject agent(String owner, String name, String uid, String... dns) {
    return from("", owner, name, uid, dns);
  }

  private static Declared.Subject from(
      String from, String owner, String name, String uid, String... dns) {
    return new Declared.Subject(
        "f:3",
        new Declared.Subject.Handle(SubjectKind.AGENT, owner, name, from),
        List.of(new Match(List.of(CoreWorld.raw("unix:uid:" + uid)), List.of(), true)),
        new Profile(Optional.empty(), List.of(dns), ""),
        Governance.none());
  }

  private static Declared owner(String name, String human, String parent) {
    return new Declared.Owner("f:2", name, "", "", human, parent);
  }

  private ApplyAsk ask(String set, boolean prune, boolean dry) {
    return new ApplyAsk(
        dry ? Optional.empty() : Optional.of(world.request()),
        "",
        dry,
        new ApplyAsk.Scope(set, prune, false),
        ApplyAsk.Expected.anything());
  }

  private ApplyReport apply(Actor actor, String set, boolean prune, Declared... declared)
      throws ServerException {
    return world.core.life().sets().apply().run(actor, ask(set, prune, false), List.of(declared));
  }

  /// Both as a dry run and for good, and nothing is changed.
  private void refusedWith(String message, Actor actor, String set, Declared... declared)
      throws ServerException {
    long before = registryNumber();
    for (boolean dry : List.of(true, false)) {
      refused(
          Kind.REFUSED,
          message,
          () ->
              world.core.life().sets().apply().run(actor, ask(set, false, dry), List.of(declared)));
    }
    assertThat(world.refusals()).isNotEmpty();
    assertThat(registryNumber()).isEqualTo(before);
  }

  private long registryNumber() {
    return world.store.read(view -> view.meta().registryNumber());
  }

  private List<String> members(Actor actor, String set) throws ServerException {
    return world
        .core
        .life()
        .sets()
        .members()
        .list(actor, set, new Page.Request(1000, Optional.empty()))
        .items()
        .stream()
        .map(SetView::thing)
        .toList();
  }

  @Test
  void registrar_appliesAndPrunesWithinItsOwners_asARegistrar() throws Exception {
    Actor rae = enrolled("rae", "registrar", "team");
    var first =
        apply(
            rae,
            "s",
            false,
            owner("team", "ada", ""),
            agent("team", "a", "1"),
            agent("squad", "b", "2"));
    assertThat(first.counts().created()).isEqualTo(2);
    assertThat(members(rae, "s")).containsExactly("agent team/a", "agent squad/b");
    var shown = world.core.queries().subject(SubjectKind.AGENT, "team/a");
    assertThat(shown.registrations()).allMatch(it -> it.byRegistrar());
    var second = apply(rae, "s", true, agent("team", "a", "7"));
    assertThat(second.counts().updated()).isEqualTo(1);
    assertThat(second.counts().retired()).isEqualTo(1);
  }

  @Test
  void registrar_isRefusedAWholePlan_ifOnePartOfItIsOutside() throws Exception {
    Actor rae = enrolled("rae", "registrar", "team");
    Declared mine = agent("team", "a", "1");
    refusedWith(OUTSIDE.formatted("rival"), rae, "", mine, agent("rival", "b", "2"));
    refusedWith(OUTSIDE.formatted("nobody"), rae, "", mine, agent("nobody", "b", "2"));
    refusedWith(OUTSIDE.formatted("rival"), rae, "", mine, owner("rival", "ada", ""));
    refusedWith(OUTSIDE.formatted("new"), rae, "", mine, owner("new", "ada", "team"));
    String changed =
        "administrator rae: owner team as it is declared is not a registrar's to change (expected:"
            + " role operator)";
    refusedWith(changed, rae, "", mine, owner("team", "bob", ""));
    refusedWith(changed, rae, "", mine, owner("team", "ada", "rival"));
    refusedWith(
        "administrator rae: persons are not a registrar's to declare (expected: role operator)",
        rae,
        "",
        mine,
        new Declared.Person("f:1", "ada", new Accounts("", "", "", Set.of())));
    refusedWith(
        "administrator rae: a DNS name is not a registrar's to give (expected: role operator)",
        rae,
        "",
        agent("team", "a", "1", "bank.example"));
    refusedWith(
        "administrator rae: a hand-over is not a registrar's (expected: role operator)",
        rae,
        "",
        from("squad", "team", "a", "1"));
  }

  @Test
  void aSet_isOfWhoReachesAllThatIsInIt() throws Exception {
    Actor rae = enrolled("rae", "registrar", "team");
    var _ = apply(CoreWorld.ADMIN, "all", false, agent("team", "a", "1"), agent("rival", "b", "2"));
    String foreign =
        "administrator rae: set all has something outside of its owners (expected: role operator)";
    refusedWith(foreign, rae, "all", agent("team", "c", "3"));
    // Nor is anything taken out of it.
    refused(
        Kind.REFUSED,
        foreign,
        () ->
            world
                .core
                .life()
                .sets()
                .apply()
                .run(
                    rae,
                    new ApplyAsk(
                        Optional.of(world.request()),
                        "",
                        false,
                        new ApplyAsk.Scope("mine", false, true),
                        ApplyAsk.Expected.anything()),
                    List.of(agent("team", "a", "1"))));
    assertThat(members(rae, "all")).containsExactly("agent team/a");
    assertThat(members(CoreWorld.ADMIN, "all")).hasSize(2);
  }

  @Test
  void operator_appliesEverything_butWhatPersonsAdministerAs() throws Exception {
    Actor ada = enrolled("ada", "operator");
    var done =
        apply(
            ada,
            "s",
            false,
            new Declared.Person("f:1", "zoe", new Accounts("", "", "", Set.of())),
            owner("new", "zoe", "team"),
            agent("new", "a", "1", "a.example"));
    assertThat(done.counts().created()).isEqualTo(3);
    String governs =
        "administrator ada: what person %s administers as is not its to say (expected: the"
            + " server's local socket)";
    refusedWith(
        governs.formatted("zoe"),
        ada,
        "s",
        new Declared.Person("f:1", "zoe", new Accounts("", "", "ada", Set.of())));
    refusedWith(
        governs.formatted("max"),
        ada,
        "",
        new Declared.Person("f:1", "max", new Accounts("", "", "", Set.of(0))));
  }

  @Test
  void auditor_listsEverything_andAppliesNothing() throws Exception {
    Actor ann = enrolled("ann", "auditor");
    var _ = apply(CoreWorld.ADMIN, "s", false, agent("team", "a", "1"));
    assertThat(members(ann, "s")).containsExactly("agent team/a");
    refusedWith(
        "administrator ann: auditor may not (expected: role operator or registrar)",
        ann,
        "",
        agent("team", "b", "1"));
  }

  @Test
  void aWholeFile_isBoundedByTheOwnersQuota() throws Exception {
    world.close();
    var standard = CoreWorld.settings(false);
    world =
        CoreWorld.with(
            new MemoryStore(),
            new CoreSettings(
                standard.trustDomain(),
                false,
                standard.lifetimes(),
                standard.limits().withSubjectsPerOwner(2),
                standard.address()));
    var _ = world.owner("team");
    var _ = apply(CoreWorld.ADMIN, "", false, agent("team", "a", "1"), agent("team", "b", "1"));
    var _ = apply(CoreWorld.ADMIN, "", false, agent("team", "a", "2"), agent("team", "b", "2"));
    Refusals.refusedLike(
        Kind.INVALID,
        ".*owner team: too many agents and services \\(expected: at most 2 that are not retired.*",
        () -> apply(CoreWorld.ADMIN, "", false, agent("team", "c", "1")));
  }
}
