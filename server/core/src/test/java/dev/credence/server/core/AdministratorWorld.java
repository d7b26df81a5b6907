package dev.credence.server.core;

import dev.credence.certs.Name;
import dev.credence.certs.Sha256;
import dev.credence.server.core.ChangePersons.Accounts;
import dev.credence.server.core.ChangeSubjectState.Which;
import dev.credence.server.core.CreateJoinToken.NewToken;
import dev.credence.server.core.CreateOwner.NewOwner;
import dev.credence.server.core.CreateSubject.Match;
import dev.credence.server.core.CreateSubject.Profile;
import dev.credence.server.core.EnrollAdministrator.NewAdministrator;
import dev.credence.server.core.EnrollAdministrator.Ttls;
import dev.credence.server.core.TransferSubjects.Transfer;
import dev.credence.server.core.UpdateSubject.Patch;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.testing.CoreWorld;
import dev.credence.server.core.testing.MemoryStore;
import java.security.KeyPair;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Owners team (with squad), rival and other, an agent of each of the first two, and a node.
final class AdministratorWorld implements AutoCloseable {
  final CoreWorld world;
  final SubjectView mine;
  final SubjectView rival;
  final CoreWorld.Joined node;

  private AdministratorWorld(
      CoreWorld world, SubjectView mine, SubjectView rival, CoreWorld.Joined node) {
    this.world = world;
    this.mine = mine;
    this.rival = rival;
    this.node = node;
  }

  static AdministratorWorld begin() throws Exception {
    var world = CoreWorld.in(new MemoryStore());
    var _ = world.owner("team");
    var _ = world.owner("rival");
    var _ = world.owner("other");
    var _ =
        world
            .core
            .createOwner()
            .run(
                CoreWorld.ADMIN, world.request(), new NewOwner("squad", "", "", "", "ada", "team"));
    var mine = world.create(CoreWorld.newAgent("team", "bot", "unix:uid:1000"));
    var rival = world.create(CoreWorld.newAgent("rival", "bot", "unix:uid:1001"));
    var node = world.join(Map.of());
    return new AdministratorWorld(world, mine, rival, node);
  }

  Administration administration() {
    return world.core.administration();
  }

  static NewAdministrator asked(String name, String role, String... owners) {
    return new NewAdministrator(
        name, role, List.of(owners), "", new Ttls(Optional.empty(), Optional.empty()));
  }

  EnrolledAdministrator enroll(NewAdministrator asked) throws ServerException {
    return administration().enroll().run(CoreWorld.ADMIN, world.request(), asked, "why");
  }

  AdministratorSvid redeem(EnrolledAdministrator enrolled, KeyPair keys) throws ServerException {
    return administration()
        .certificates()
        .redeem(
            CoreWorld.STRANGER,
            world.request(),
            enrolled.token().contents().secret().reveal(),
            world.csr(keys));
  }

  static Actor.Administrator actor(String name, KeyPair keys) {
    return new Actor.Administrator(
        new Name(name), Optional.of(Sha256.of(keys.getPublic().getEncoded())));
  }

  Actor.Administrator enrolled(String name, String role, String... owners) throws ServerException {
    KeyPair keys = world.newKeys();
    var _ = redeem(enroll(asked(name, role, owners)), keys);
    return actor(name, keys);
  }

  Actor.Administrator registrar() throws ServerException {
    return enrolled("rae", "registrar", "team");
  }

  ChangeAsk ask() {
    return ChangeAsk.now(world.request(), "why");
  }

  static Which agent(String reference) {
    return new Which(SubjectKind.AGENT, reference);
  }

  static Patch hint(String hint) {
    return new Patch(
        Set.of(SubjectField.HINT),
        new Profile(Optional.empty(), List.of(), hint),
        Governance.none());
  }

  static Match match(String selector) {
    return new Match(List.of(CoreWorld.raw(selector)), List.of(), true);
  }

  static Page.Request firstPage() {
    return new Page.Request(100, Optional.empty());
  }

  String execution(SubjectView subject, String... selectors) throws ServerException {
    return executionOn(node, subject, selectors);
  }

  String executionOn(CoreWorld.Joined node, SubjectView subject, String... selectors)
      throws ServerException {
    RegistryEntry entry = world.core.registry().of(subject.subject().id()).getFirst();
    return world
        .core
        .openExecution()
        .run(
            node.id(),
            world.request(),
            new OpenExecution.Asked(
                node.startId(),
                entry.id(),
                entry.revision(),
                CoreWorld.attestation(world.process(), selectors)),
            world.csr())
        .execution()
        .toString();
  }

  List<String> revoked() {
    return world.store.read(view -> view.revoked().unexpired(world.clock.instant(), 10)).stream()
        .map(it -> it.serial())
        .toList();
  }

  byte[] joinToken(Actor by) throws ServerException {
    return world
        .core
        .createJoinToken()
        .run(by, world.request(), new NewToken(Optional.empty(), Map.of()), "")
        .token()
        .secret()
        .reveal();
  }

  NodeSvid join(byte[] secret, KeyPair keys) throws ServerException {
    return world
        .core
        .attestNode()
        .run(CoreWorld.STRANGER, world.request(), "join_token", secret, world.csr(keys));
  }

  List<Map<String, String>> detailsOf(EventKind kind) throws ServerException {
    return world.events().stream()
        .map(it -> it.event().what())
        .filter(it -> it.kind() == kind)
        .map(it -> it.details())
        .toList();
  }

  Optional<String> endOf(String execution) throws ServerException {
    return world.core.queries().execution(execution).execution().end().map(it -> it.reason());
  }

  Object createOwner(Actor actor) throws ServerException {
    return world
        .core
        .createOwner()
        .run(actor, world.request(), new NewOwner("more", "", "", "ada", "", ""), "");
  }

  Object createToken(Actor actor) throws ServerException {
    return world
        .core
        .createJoinToken()
        .run(actor, world.request(), new NewToken(Optional.empty(), Map.of()), "");
  }

  Object createPerson(Actor actor) throws ServerException {
    return world
        .core
        .life()
        .persons()
        .create(actor, ask(), "zoe", new Accounts("", "", "", Set.of()));
  }

  Object transfer(Actor actor) throws ServerException {
    return world
        .core
        .life()
        .transfers()
        .run(actor, ask(), new Transfer("team", "other", List.of("bot"), List.of()));
  }

  @Override
  public void close() {
    world.close();
  }
}
