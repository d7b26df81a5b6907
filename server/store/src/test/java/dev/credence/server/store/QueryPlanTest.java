package dev.credence.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Name;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.OidcSubject;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.model.UnregisteredSum;
import dev.credence.server.core.port.Events;
import dev.credence.server.core.port.Executions;
import dev.credence.server.core.port.Inventory;
import dev.credence.server.core.port.InventoryReads;
import dev.credence.server.core.port.RevokedReads;
import dev.credence.server.core.port.View;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every query finds its rows through an index, except those that want the whole table. A new query
/// that does not is found here, before a large database finds it.
class QueryPlanTest {
  private final Samples samples = new Samples(17);

  @Test
  void everyQuery_usesAnIndex(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("credence.db");
    FailingJdbc jdbc = new FailingJdbc();
    SqliteFile access = new SqliteFile(file, Duration.ofSeconds(5));
    try (SqliteStore store = SqliteStore.open(file, StoreSettings.defaults(failure -> {}));
        Readers readers =
            new Readers(
                StoreSettings.defaults(failure -> {}),
                () -> SqlSession.on(new SqlConnection(jdbc.around(access.openReader()))))) {
      World world = World.in(store, samples);
      int asked = readers.read(view -> askEverything(view, world));
      assertThat(asked).isGreaterThan(30);
      List<String> scans = new ArrayList<>();
      try (Connection connection = access.open()) {
        for (String sql : queries(jdbc.prepared())) {
          scans(connection, sql).forEach(step -> scans.add(step + " in: " + sql));
        }
      }
      assertThat(scans).isEmpty();
    }
  }

  private static List<String> queries(Set<String> prepared) {
    return prepared.stream()
        .filter(sql -> sql.startsWith("SELECT"))
        .filter(sql -> !sql.contains(" FROM meta"))
        // All of a table, in its order.
        .filter(sql -> !sql.endsWith("registration WHERE removed_at_ns IS NULL ORDER BY seq"))
        .filter(sql ->
            sql.contains("WHERE")
                || !(sql.endsWith("ORDER BY seq") || sql.endsWith("ORDER BY s.seq")))
        .toList();
  }

  private static List<String> scans(Connection connection, String sql) throws SQLException {
    List<String> scans = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet plan =
            statement.executeQuery("EXPLAIN QUERY PLAN " + sql.replace("?", "x'00'"))) {
      while (plan.next()) {
        String step = plan.getString("detail");
        // "SCAN event" walks along the primary key for the newest row; with an index of running
        // ones it is short.
        boolean short_ =
            sql.endsWith("ORDER BY number DESC LIMIT 1")
                || step.contains("execution_running")
                || step.equals("SCAN CONSTANT ROW")
                // What a bounded query within found.
                || step.equals("SCAN valid");
        if (step.startsWith("SCAN") && !short_) {
          scans.add(step);
        }
      }
    }
    return scans;
  }

  private int askEverything(View view, World world) {
    List<Object> answers = new ArrayList<>();
    Page.Request page = new Page.Request(5, Optional.empty());
    Name name = new Name("a");
    answers.add(view.owners().find(world.owner().id()));
    answers.add(view.owners().find(name));
    answers.add(view.owners().list(page));
    answers.add(view.owners().all());
    answers.add(view.owners().person(world.person().id()));
    answers.add(view.owners().person(name));
    answers.add(view.owners().personOfUid(0));
    answers.add(view.owners().persons(page));
    answers.add(view.owners().personOf(new OidcSubject("https://issuer.example", "1")));
    answers.add(view.owners().personOfAdministrator(name));
    answers.add(view.subjects().of(world.owner().id()));
    answers.add(view.subjects().spent(world.owner().id(), SubjectKind.AGENT, name));
    answers.add(view.sets().of(world.agent().id()));
    answers.add(view.sets().members(name));
    answers.add(view.sets().list(Optional.empty(), page));
    answers.add(view.sets().list(Optional.of(name), page));
    answers.add(view.sets().list(Optional.empty(), Set.of(), page));
    answers.add(view.sets().list(Optional.of(name), Set.of(), page));
    answers.add(view.executions().runningOf(world.agent().id()));
    answers.add(view.subjects().find(world.agent().id()));
    answers.add(view.subjects().find(SubjectKind.AGENT, name, name));
    answers.add(view.subjects().named(SubjectKind.AGENT, name));
    answers.add(view.subjects().list(SubjectKind.AGENT, page));
    answers.add(view.subjects().all());
    answers.add(view.subjects().registration(world.registration().id()));
    answers.add(view.subjects().registrationsOf(world.agent().id()));
    answers.add(view.subjects().allRegistrations());
    answers.add(view.subjects().countOf(world.owner().id()));
    answers.add(view.subjects().countRegistrationsOf(world.owner().id()));
    answers.add(view.subjects().isHeld(world.agent().id()));
    answers.add(view.bars().inForceFor(world.node().id(), 7));
    answers.add(view.nodes().find(world.node().id()));
    answers.add(view.nodes().byKey(world.node().key()));
    answers.add(view.nodes().list(page));
    answers.add(view.nodes().all());
    answers.add(view.nodes().token(samples.digest()));
    answers.add(view.executions().find(samples.id()));
    answers.add(view.executions().running(world.node().id(), world.agent().id(), samples.mark()));
    answers.add(view.executions().runningOn(world.node().id()));
    answers.add(view.executions().runningAs(samples.mark().instance()));
    answers.add(view.executions().outlived(samples.time(), 5));
    answers.add(view.executions().countDetached(world.node().id(), world.agent().id()));
    answers.add(view.executions().countRunning());
    answers.add(view.executions().countRunningOn(world.node().id()));
    for (Optional<dev.credence.certs.Id> subject :
        List.of(Optional.<dev.credence.certs.Id>empty(), Optional.of(world.agent().id()))) {
      answers.add(view.executions().list(new Executions.Filter(subject, true), page));
      answers.add(view.executions().list(new Executions.Filter(subject, false), page));
      for (Optional<Instant> since :
          List.of(Optional.<Instant>empty(), Optional.of(samples.time()))) {
        answers.add(view.events().list(new Events.Filter(0, since, Optional.empty(), subject), 5));
        answers.add(
            view.events()
                .list(new Events.Filter(0, since, Optional.of(EventKind.REFUSED), subject), 5));
      }
    }
    answers.add(view.executions().certificateOfKey(samples.digest()));
    answers.add(view.executions().isCertified(samples.digest()));
    answers.add(view.executions().newestCertificate(samples.id()));
    var ended = new RevokedReads.Ended(samples.time(), samples.time(), 5);
    answers.add(view.revoked().endedOn(world.node().id(), ended));
    answers.add(view.revoked().endedOn(world.node().id(), world.agent().id(), ended));
    answers.add(view.revoked().endedAs(world.node().id(), 5, ended));
    answers.add(view.revoked().endedOf(world.agent().id(), ended));
    answers.add(view.revoked().heldBy(samples.id(), samples.time()));
    answers.add(view.revoked().heldByNode(samples.digest(), samples.time()));
    answers.add(view.revoked().unexpired(samples.time(), 5));
    answers.add(view.revoked().unexpiredOfNodes(samples.time(), 5));
    answers.add(view.executions().countValidOfNode(world.node().id(), 5, samples.time()));
    answers.add(view.events().last());
    answers.add(view.events().newest(EventKind.AGENT_RETIRED, samples.id()));
    askInventory(view.inventory(), world, answers);
    answers.add(
        view.requests().find("uid:0", new dev.credence.server.core.model.RequestId(samples.id())));
    return answers.size();
  }

  private void askInventory(InventoryReads reads, World world, List<Object> answers) {
    var node = Optional.of(world.node().id());
    var page = new Page.Request(5, Optional.empty());
    answers.add(reads.list(new InventoryReads.Filter(samples.time(), Optional.empty()), page));
    answers.add(reads.list(new InventoryReads.Filter(samples.time(), node), page));
    // What is asked for each refusal.
    var inventory = (Inventory) reads;
    var user = new UnregisteredSum.User(node, OptionalLong.of(7));
    answers.add(inventory.find(UnregisteredSum.Key.othersOf(user)));
    answers.add(inventory.of(user));
    answers.add(inventory.countOn(node));
    answers.add(inventory.heaviest(node, user));
  }
}
