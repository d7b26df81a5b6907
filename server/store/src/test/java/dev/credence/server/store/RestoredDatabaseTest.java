package dev.credence.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.certs.Sha256;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Administrator;
import dev.credence.server.core.model.AdministratorRole;
import dev.credence.server.core.model.AdministratorState;
import dev.credence.server.core.model.Bar;
import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.JoinTokenRecord;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.OwnerState;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.RevokedCertificate;
import dev.credence.server.core.model.SetMember;
import dev.credence.server.core.model.UnregisteredSum;
import dev.credence.server.core.port.Events;
import dev.credence.server.core.port.InventoryReads;
import dev.credence.server.core.port.NodeTraces;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import dev.credence.server.store.postgres.PostgresExtension;
import dev.credence.server.store.postgres.RealPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A database that is restored takes over what was decided since, in SQLite and in PostgreSQL.
class RestoredDatabaseTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  private final Samples samples = new Samples(11);

  private final Restoration restoration =
      new Restoration(NOW, new Actor.LocalUid(0), Map.of("sha256", "00"));

  private static StoreSettings settings() {
    return StoreSettings.defaults(failure -> {
      throw failure;
    });
  }

  /// Of the backup: one who stays as it was, one who is removed, one who is enrolled anew on
  /// another machine, one who is made an auditor. After it: one who is new.
  private final Administrator kept = administrator("kept", AdministratorRole.OPERATOR);

  private final Administrator removed = administrator("removed", AdministratorRole.OPERATOR);
  private final Administrator moved = administrator("moved", AdministratorRole.OPERATOR);
  private final Administrator demoted = administrator("demoted", AdministratorRole.OPERATOR);
  private final Administrator came = administrator("came", AdministratorRole.OPERATOR);
  private final Administrator.Key movedTo = new Administrator.Key(samples.digest(), NOW);

  private Administrator administrator(String name, AdministratorRole role) {
    return new Administrator(
        samples.id(),
        new Name(name),
        new Administrator.Scope(role, Set.of(), Duration.ofHours(12)),
        AdministratorState.ACTIVE,
        Optional.of(new Administrator.Key(samples.digest(), NOW)),
        Optional.of(
            new Administrator.Token(samples.digest(), NOW.plusSeconds(99), Optional.empty())),
        NOW,
        1);
  }

  private void changeAdministrators(Transaction tx) {
    tx.administrators().update(removed.in(AdministratorState.REMOVED));
    tx.administrators().update(moved.certified(movedTo, moved.token()));
    tx.administrators()
        .update(
            demoted.with(
                new Administrator.Scope(
                    AdministratorRole.AUDITOR, Set.of(), Duration.ofHours(12))));
    tx.administrators().insert(came);
  }

  private void checkAdministrators(View view) {
    var expected =
        Map.of(
            kept, AdministratorState.ACTIVE,
            removed, AdministratorState.REMOVED,
            moved, AdministratorState.ACTIVE,
            demoted, AdministratorState.SUSPENDED,
            came, AdministratorState.SUSPENDED);
    expected.forEach((who, state) -> {
      Administrator now = view.administrators().find(who.name()).orElseThrow();
      assertThat(now.state()).as(who.name().value()).isEqualTo(state);
      assertThat(now.token()).as("token of %s", who.name()).isEmpty();
      assertThat(now.key()).isEqualTo(who.equals(moved) ? Optional.of(movedTo) : who.key());
    });
  }

  /// Of the backup: above the world's owner, and below it; a node whose folder was copied, and one
  /// that an administrator takes back later. After it: an owner above all, and one more below that.
  private final Owner above = samples.owner(samples.person());

  private final Owner below = samples.owner(samples.person());
  private final Owner top = samples.owner(samples.person());
  private final Owner underTop = samples.owner(samples.person());
  private final Node copied = in(samples.node(), NodeState.ACTIVE);
  private final Node takenBack = in(samples.node(), NodeState.ACTIVE);
  private final Sha256 takenBackWith = samples.digest();
  private final Id firstStart = samples.id();
  private final Id secondStart = samples.id();
  private final Name firstSet = new Name("first-set");
  private final Name secondSet = new Name("second-set");

  private static Owner under(Owner owner, World world, Optional<Id> parent) {
    return new Owner(
        owner.id(),
        owner.name(),
        owner.contact(),
        world.person().id(),
        parent,
        owner.state(),
        owner.createdAt());
  }

  private void beforeHierarchy(Transaction tx, World world) {
    tx.owners().insert(under(above, world, Optional.empty()));
    tx.owners().update(under(world.owner(), world, Optional.of(above.id())));
    tx.owners().insert(under(below, world, Optional.of(world.owner().id())));
    tx.sets().put(new SetMember(world.owner().id(), firstSet));
    tx.sets().put(new SetMember(above.id(), firstSet));
    for (Node node : List.of(copied, takenBack)) {
      tx.nodes().insert(node);
      tx.nodeTraces().settled(node.id(), firstStart, NOW);
      tx.nodeTraces().settled(node.id(), secondStart, NOW);
      tx.nodeTraces().renewed(node.id(), "a1", "a2");
      tx.nodeTraces().decided(node.id(), node.key());
    }
  }

  // Upside down: what the backup says of one and this says of the other would be a circle.
  private void changeHierarchy(Transaction tx, World world) {
    tx.owners().insert(under(top, world, Optional.empty()));
    tx.owners().insert(under(underTop, world, Optional.of(top.id())));
    tx.owners().update(under(below, world, Optional.empty()));
    tx.owners().update(under(world.owner(), world, Optional.of(below.id())));
    tx.owners().update(under(above, world, Optional.of(top.id())));
    tx.sets().put(new SetMember(world.owner().id(), secondSet));
    tx.sets().put(new SetMember(below.id(), secondSet));
    assertThat(tx.nodeTraces().returned(copied.id(), firstStart)).isEqualTo(1);
    tx.nodeTraces().used(copied.id(), "a2");
    tx.nodeTraces().forget(takenBack.id());
    tx.nodeTraces().settled(takenBack.id(), secondStart, NOW);
    tx.nodes()
        .update(
            new Node(
                takenBack.id(),
                takenBack.state(),
                takenBack.origin(),
                takenBackWith,
                takenBack.presence()));
    tx.nodeTraces().decided(takenBack.id(), takenBackWith);
  }

  private void checkHierarchy(View view, World world) {
    assertThat(view.owners().find(world.owner().id()).flatMap(Owner::parent)).contains(below.id());
    assertThat(view.owners().find(below.id()).flatMap(Owner::parent)).isEmpty();
    assertThat(view.owners().find(above.id()).flatMap(Owner::parent)).contains(top.id());
    assertThat(view.owners().find(top.id()).map(Owner::state)).contains(OwnerState.SUSPENDED);
    Owner came = view.owners().find(underTop.id()).orElseThrow();
    assertThat(came.parent()).contains(top.id());
    assertThat(came.revision())
        .as("it came where it is, nobody moved it")
        .isEqualTo(view.owners().find(top.id()).orElseThrow().revision());
    assertThat(view.sets().of(world.owner().id())).contains(secondSet);
    assertThat(view.sets().of(below.id())).contains(secondSet);
    assertThat(view.sets().of(above.id())).contains(firstSet);
    assertThat(view.nodeTraces().usedSuccessor(copied.id(), "a1")).contains("a2");
    assertThat(view.nodeTraces().hasSettled(copied.id(), firstStart)).isTrue();
    assertThat(view.nodeTraces().hasSettled(takenBack.id(), firstStart))
        .as("forgotten when an administrator took the node back")
        .isFalse();
    assertThat(view.nodeTraces().hasSettled(takenBack.id(), secondStart)).isTrue();
    assertThat(view.nodes().find(takenBack.id()).map(Node::key)).contains(takenBackWith);
    assertThat(view.nodeTraces().isDecided(takenBack.id(), takenBackWith))
        .as("an administrator decided for that key after the backup")
        .isTrue();
    assertThat(view.nodeTraces().isDecided(copied.id(), copied.key()))
        .as("decided for before the backup")
        .isTrue();
  }

  /// What is decided after the backup.
  private record Later(
      World world, Execution before, Execution after, CertificateRecord certified, Node joined) {}

  private final Id firstBar = samples.id();

  private static Bar bar(Id id, World world, Node node, Execution revoked) {
    return new Bar(
        id,
        new Bar.Scope(world.agent().id(), node.id(), revoked.id()),
        new Bar.Decision(NOW, "uid:0", "why"),
        Optional.empty());
  }

  private World before(SqlStore store, Execution[] running) {
    World world = World.in(store, samples);
    running[0] = samples.execution(world.registration(), world.node());
    store.write(tx -> {
      tx.meta().setTrustDomain("example.org");
      tx.executions().insert(running[0]);
      tx.nodes().insert(samples.token());
      List.of(kept, removed, moved, demoted).forEach(tx.administrators()::insert);
      beforeHierarchy(tx, world);
      Bar bar = bar(firstBar, world, world.node(), running[0]);
      tx.bars().insert(bar);
      tx.bars().bind(bar, 76);
      tx.inventory().put(asked(takenBack, "/opt/gone", 1));
      tx.inventory().put(asked(takenBack, "/opt/agent", 2));
      tx.inventory().put(asked(copied, "/opt/agent", 3));
      tx.events().append(samples.event(EventKind.OWNER_CREATED), samples.time());
      return true;
    });
    return world;
  }

  private Later after(SqlStore store, World world, Execution before) {
    Execution later = samples.execution(world.registration(), world.node());
    var certified = samples.certificate(CertificateRecord.Holder.execution(later.id()));
    Node joined = in(samples.node(), NodeState.ACTIVE);
    store.write(tx -> {
      tx.nodes().update(in(world.node(), NodeState.BANNED));
      tx.nodes().insert(joined);
      changeAdministrators(tx);
      changeHierarchy(tx, world);
      tx.inventory().remove(asked(takenBack, "/opt/gone", 1).key());
      tx.inventory().put(asked(takenBack, "/opt/agent", 4));
      tx.inventory().put(asked(joined, "/opt/agent", 5));
      tx.nodes()
          .insert(
              new JoinTokenRecord(
                  samples.digest(), Map.of(), NOW.plusSeconds(99), Optional.empty()));
      tx.executions().insert(later);
      tx.executions().insert(certified);
      tx.revoked().add(new RevokedCertificate(certified.serial(), NOW, NOW.plusSeconds(60)));
      // On the node of the first bar, which was lifted; and on another one.
      tx.bars()
          .lift(
              bar(firstBar, world, world.node(), before)
                  .lifted(new Bar.Decision(NOW, "uid:0", "checked")));
      Map.of(77, world.node(), 78, takenBack)
          .forEach((uid, node) -> {
            Bar bar = bar(samples.id(), world, node, before);
            tx.bars().insert(bar);
            tx.bars().bind(bar, uid);
          });
      tx.subjects().hold(world.agent().id(), true);
      for (int i = 0; i < 5; i++) {
        tx.events().append(samples.event(EventKind.NODE_BANNED), samples.time());
      }
      return true;
    });
    return new Later(world, before, later, certified, joined);
  }

  private static UnregisteredSum asked(Node node, String executable, long event) {
    return new UnregisteredSum(
        new UnregisteredSum.Key(
            new UnregisteredSum.User(Optional.of(node.id()), OptionalLong.of(7)), executable),
        new UnregisteredSum.Tally(event, 0, NOW),
        new UnregisteredSum.Newest(event, NOW, "", List.of()));
  }

  private static Node in(Node node, NodeState state) {
    return new Node(node.id(), state, node.origin(), node.key(), node.presence());
  }

  private void check(SqlStore store, Later later, Restoration.Report report) {
    store.read(view -> {
      checkAdministrators(view);
      checkHierarchy(view, later.world());
      assertThat(
              view.inventory()
                  .list(
                      new InventoryReads.Filter(NOW, Optional.empty()),
                      new Page.Request(9, Optional.empty()))
                  .items())
          .as("what asks, as it is since")
          .containsExactlyInAnyOrder(
              asked(copied, "/opt/agent", 3),
              asked(takenBack, "/opt/agent", 4),
              asked(later.joined(), "/opt/agent", 5));
      assertThat(view.meta().epoch()).isEqualTo(report.epoch());
      assertThat(view.nodes().find(later.world().node().id()).orElseThrow().state())
          .isEqualTo(NodeState.BANNED);
      assertThat(view.nodes().find(later.joined().id()).orElseThrow().state())
          .as("joined after the backup")
          .isEqualTo(NodeState.SUSPENDED);
      for (Execution one : List.of(later.before(), later.after())) {
        assertThat(view.executions().find(one.id()).flatMap(Execution::end))
            .contains(new Execution.End(NOW, Restoration.REASON));
      }
      assertThat(view.executions().certificateOfKey(later.certified().spki()))
          .as("a key that was certified stays known")
          .contains(later.certified());
      assertThat(view.bars().inForce(later.world().node().id(), later.world().agent().id()))
          .isPresent();
      assertThat(view.bars().inForceFor(later.world().node().id(), 76).map(Bar::id))
          .contains(firstBar);
      assertThat(view.bars().inForceFor(later.world().node().id(), 77).map(Bar::id))
          .as("what a later bar binds, where the earlier one is in force again")
          .contains(firstBar);
      assertThat(view.bars().inForceFor(takenBack.id(), 78)).isPresent();
      assertThat(view.subjects().isHeld(later.world().agent().id())).isTrue();
      assertThat(view.revoked().unexpired(NOW, 9)).hasSize(1);
      var events =
          view.events()
              .list(new Events.Filter(0, Optional.empty(), Optional.empty(), Optional.empty()), 99);
      assertThat(events.stream().map(it -> it.number()))
          .containsExactlyElementsOf(LongStream.rangeClosed(1, events.size()).boxed().toList());
      assertThat(events.stream().map(it -> it.what().kind()))
          .startsWith(EventKind.OWNER_CREATED, EventKind.NODE_BANNED)
          .contains(EventKind.SERVER_RESTORED)
          .endsWith(EventKind.EXECUTION_ENDED, EventKind.EXECUTION_ENDED, EventKind.NODE_SUSPENDED);
      return true;
    });
    assertThat(report.details())
        .containsEntry("owners-moved", "3")
        .containsEntry("set-members", "3");
    int returned = store.write(tx -> tx.nodeTraces().returned(copied.id(), firstStart));
    assertThat(returned).as("it came back once before").isEqualTo(2);
  }

  @Test
  void sqlite_laterDecisions_areTakenOver(@TempDir Path folder) throws Exception {
    Path database = folder.resolve("credence.db");
    Path backup = folder.resolve("backup.db");
    Later later;
    try (SqliteStore store = SqliteStore.open(database, settings())) {
      var running = new Execution[1];
      World world = before(store, running);
      try (var copy = store.copy().orElseThrow();
          var content = copy.open()) {
        long copied = Files.copy(content, backup, StandardCopyOption.REPLACE_EXISTING);
        assertThat(copied).isEqualTo(copy.facts().size());
        assertThat(copy.facts().lastEvent()).isEqualTo(1);
      }
      later = after(store, world, running[0]);
    }
    var file = new RestoredFile(backup, database);
    assertThat(file.unreadable()).isEmpty();
    Restoration.Report report = file.prepare(restoration, true);
    assertThat(file.swap("replaced")).contains(folder.resolve("credence.db.replaced"));
    try (SqliteStore store = SqliteStore.open(database, settings())) {
      check(store, later, report);
    }
  }

  @Test
  void sqlite_whatIsAskedForEachRow_isFoundByAnIndex(@TempDir Path folder) throws Exception {
    Path database = folder.resolve("credence.db");
    Path backup = folder.resolve("backup.db");
    try (SqliteStore store = SqliteStore.open(database, settings())) {
      var running = new Execution[1];
      World world = before(store, running);
      try (var copy = store.copy().orElseThrow();
          var content = copy.open()) {
        long _ = Files.copy(content, backup);
      }
      Later _ = after(store, world, running[0]);
    }
    var jdbc = new FailingJdbc();
    var access = new SqliteFile(backup, Duration.ofSeconds(5));
    try (var from = new SqliteFile(database, Duration.ofSeconds(5)).open();
        var to = jdbc.around(access.open())) {
      Restoration.Report _ = restoration.run(to, Dialect.SQLITE, Optional.of(from));
    }
    List<String> asked =
        jdbc.prepared().stream()
            .filter(sql -> sql.contains(" WHERE ") && sql.contains("?"))
            .toList();
    assertThat(asked).hasSizeGreaterThan(20);
    try (var connection = access.open();
        var statement = connection.createStatement()) {
      for (String sql : asked) {
        try (var plan = statement.executeQuery("EXPLAIN QUERY PLAN " + sql.replace("?", "x'00'"))) {
          while (plan.next()) {
            assertThat(plan.getString("detail")).as(sql).doesNotStartWith("SCAN");
          }
        }
      }
    }
  }

  @Test
  void sqlite_anotherDatabase_isMatchedByName(@TempDir Path folder) throws Exception {
    Path database = folder.resolve("credence.db");
    Path backup = folder.resolve("backup.db");
    var running = new Execution[1];
    World world;
    try (SqliteStore store = SqliteStore.open(backup, settings())) {
      world = before(store, running);
    }
    // Begun anew: the same names under other ids, and a ban.
    try (SqliteStore store = SqliteStore.open(database, settings())) {
      store.write(tx -> {
        var person = world.person();
        var same =
            new dev.credence.server.core.model.Person(
                samples.id(),
                person.name(),
                Optional.empty(),
                Optional.empty(),
                java.util.Set.of());
        tx.meta().setTrustDomain("example.org");
        tx.owners().insert(same);
        tx.nodes().insert(in(world.node(), NodeState.BANNED));
        return true;
      });
    }
    var file = new RestoredFile(backup, database);
    file.prepare(restoration, file.unreadable().isEmpty());
    file.swap("replaced");
    try (SqliteStore store = SqliteStore.open(database, settings())) {
      Node node = store.read(view -> view.nodes().find(world.node().id())).orElseThrow();
      assertThat(node.state()).isEqualTo(NodeState.BANNED);
    }
  }

  /// The node may have another key since, and then this decision would be for the wrong one.
  @Test
  void sqlite_withoutLaterDecisions_noneForAKeyIsLeft_andTheEventSaysSo(@TempDir Path folder)
      throws Exception {
    Path database = folder.resolve("credence.db");
    Path backup = folder.resolve("backup.db");
    try (SqliteStore store = SqliteStore.open(backup, settings())) {
      World _ = before(store, new Execution[1]);
      assertThat(decided(store)).isTrue();
    }
    Files.writeString(database, "not a database");
    var file = new RestoredFile(backup, database);
    assertThat(file.unreadable()).isPresent();
    Restoration.Report report = file.prepare(restoration, false);
    assertThat(report.details())
        .containsEntry("later-bans", "lost")
        .containsEntry("key-decisions-forgotten", "2");
    file.swap("replaced");
    try (SqliteStore store = SqliteStore.open(database, settings())) {
      assertThat(decided(store)).isFalse();
    }
  }

  /// The replaced one was itself restored without later decisions: none of its keys is decided for,
  /// and a backup from before must not bring one back.
  @Test
  void sqlite_decisionsThatWereForgotten_stayForgotten(@TempDir Path folder) throws Exception {
    Path database = folder.resolve("credence.db");
    Path backup = folder.resolve("backup.db");
    Path older = folder.resolve("older.db");
    try (SqliteStore store = SqliteStore.open(backup, settings())) {
      World _ = before(store, new Execution[1]);
    }
    Files.copy(backup, older);
    Files.writeString(database, "not a database");
    var lost = new RestoredFile(backup, database);
    var _ = lost.prepare(restoration, false);
    lost.swap("replaced");
    var again = new RestoredFile(older, database);
    var _ = again.prepare(restoration, true);
    again.swap("replaced-again");
    try (SqliteStore store = SqliteStore.open(database, settings())) {
      assertThat(decided(store)).isFalse();
    }
  }

  private boolean decided(SqlStore store) {
    return store.read(view -> view.nodeTraces().isDecided(copied.id(), copied.key()));
  }

  @Test
  void sqlite_ofAnotherTrustDomain_isRefused(@TempDir Path folder) throws Exception {
    Path database = folder.resolve("credence.db");
    Path backup = folder.resolve("backup.db");
    for (Path path : List.of(database, backup)) {
      try (SqliteStore store = SqliteStore.open(path, settings())) {
        store.write(tx -> {
          tx.meta().setTrustDomain(path.getFileName() + ".example");
          return true;
        });
      }
    }
    var file = new RestoredFile(backup, database);
    assertThatThrownBy(() -> file.prepare(restoration, true))
        .isInstanceOf(UnusableDatabaseException.class)
        .hasMessageContaining("trust domain credence.db.example");
  }

  @Test
  void highestTime_afterAnAcceptedClock_isMeasuredFromThere(@TempDir Path folder) throws Exception {
    try (SqliteStore store = SqliteStore.open(folder.resolve("credence.db"), settings())) {
      Instant wrong = NOW.plusSeconds(86_400);
      store.write(tx -> tx.events().append(samples.event(EventKind.NODE_BANNED), wrong));
      assertThat(highest(store)).contains(wrong);
      store.write(tx -> {
        tx.events().append(samples.event(EventKind.CLOCK_ACCEPTED), NOW);
        tx.meta().acceptTime(NOW);
        return true;
      });
      assertThat(highest(store)).contains(NOW);
      store.write(tx -> {
        tx.meta().noteTime(NOW.plusSeconds(5));
        return true;
      });
      assertThat(highest(store)).contains(NOW.plusSeconds(5));
    }
  }

  @Test
  void traces_areKeptInBounds(@TempDir Path folder) throws Exception {
    try (SqliteStore store = SqliteStore.open(folder.resolve("credence.db"), settings())) {
      World world = World.in(store, samples);
      var node = world.node().id();
      var first = samples.id();
      var last = samples.id();
      store.write(tx -> {
        tx.nodeTraces().settled(node, first, NOW);
        for (int i = 1; i < NodeTraces.KEPT; i++) {
          tx.nodeTraces().settled(node, samples.id(), NOW);
        }
        return true;
      });
      assertThat(settled(store, node, first)).isTrue();
      store.write(tx -> {
        tx.nodeTraces().settled(node, last, NOW);
        return true;
      });
      assertThat(settled(store, node, first)).as("one too many").isFalse();
      assertThat(settled(store, node, last)).isTrue();
    }
  }

  private static boolean settled(SqlStore store, Id node, Id start) {
    return store.read(view -> view.nodeTraces().hasSettled(node, start));
  }

  private static Optional<Instant> highest(SqlStore store) {
    return store.read(view -> view.meta().highestTime());
  }

  @ExtendWith(PostgresExtension.class)
  @Test
  void postgresql_laterDecisions_areTakenOver(RealPostgres postgres) throws Exception {
    PostgresqlSettings old = postgres.newDatabase();
    String name = old.database() + "_restored";
    Later later;
    var running = new Execution[1];
    World world;
    try (PostgresqlStore store = PostgresqlStore.open(old, settings())) {
      world = before(store, running);
    }
    postgres.awaitUnused(old.database());
    postgres.sql("postgres", "CREATE DATABASE " + name + " TEMPLATE " + old.database());
    try (PostgresqlStore store = PostgresqlStore.open(old, settings())) {
      later = after(store, world, running[0]);
      var restored = new RestoredDatabase(postgres.settings(name));
      assertThatThrownBy(() -> restored.run(restoration, Optional.of(old.database())))
          .as("a server uses it")
          .isInstanceOf(UnusableDatabaseException.class)
          .hasMessageContaining("a server uses it");
    }
    postgres.awaitUnused(old.database());
    var report =
        new RestoredDatabase(postgres.settings(name)).run(restoration, Optional.of(old.database()));
    try (PostgresqlStore store = PostgresqlStore.open(postgres.settings(name), settings())) {
      check(store, later, report);
    }
  }
}
