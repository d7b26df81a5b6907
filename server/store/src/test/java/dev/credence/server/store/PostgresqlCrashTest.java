package dev.credence.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Event;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.Person;
import dev.credence.server.store.postgres.PostgresExtension;
import dev.credence.server.store.postgres.RealPostgres;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Two processes write to one PostgreSQL; one is killed, again and again, around commit and answer.
/// The other goes on. What either acknowledged is there, what was refused is not, and events have
/// no gap.
@ExtendWith(PostgresExtension.class)
class PostgresqlCrashTest {
  private static final int PER_POINT = 3;
  private static final int MOST_AT_ONCE = 50;
  private static final Instant NOW = Instant.parse("2026-08-08T08:08:08Z");

  private final Samples samples = new Samples(23);
  private final Set<Id> acknowledged = new HashSet<>();
  private final Set<Id> refused = new HashSet<>();
  private final PostgresqlSettings database;
  private final String where;

  PostgresqlCrashTest(RealPostgres postgres) throws Exception {
    this.database = postgres.newDatabase();
    this.where =
        database.hosts().getFirst() + " " + database.database() + " " + postgres.password();
  }

  @Test
  void oneIsKilled_theOtherGoesOn_nothingAcknowledgedIsLost(@TempDir Path folder) throws Exception {
    long seed = new Random().nextLong(1_000_000);
    System.out.println("crash seed " + seed);
    Random random = new Random(seed);
    try (PostgresqlStore survivor =
        PostgresqlStore.open(database, StoreSettings.defaults(failure -> {}))) {
      Person person = samples.person();
      boolean _ =
          survivor.write(tx -> {
            tx.owners().insert(person);
            return true;
          });
      for (CommitListener.Point point : CommitListener.Point.values()) {
        for (int i = 0; i < PER_POINT; i++) {
          kill(folder, survivor, person, point, random);
        }
      }
      System.out.printf(
          Locale.ROOT,
          "%d kills: %d acknowledged, %d refused%n",
          4 * PER_POINT,
          acknowledged.size(),
          refused.size());
    }
    assertThat(acknowledged).hasSizeGreaterThan(50);
    assertThat(refused).isNotEmpty();
  }

  private void kill(
      Path folder,
      PostgresqlStore survivor,
      Person person,
      CommitListener.Point point,
      Random random)
      throws Exception {
    List<String> arguments =
        List.of(
            where,
            Long.toString(random.nextLong(1_000_000)),
            "1000000",
            point.name(),
            Integer.toString(2 + random.nextInt(10)));
    AtomicBoolean over = new AtomicBoolean();
    var written = new CompletableFuture<Set<Id>>();
    Thread writer =
        Thread.ofVirtual().start(() -> written.complete(writeUntil(over, survivor, person)));
    try (Child child = new Child(folder, arguments)) {
      child.readUntil(line -> line.startsWith("at "));
      child.kill();
      over.set(true);
      // Before the commit it held the lock, which only its death frees.
      acknowledged.addAll(written.get(60, TimeUnit.SECONDS));
      writer.join();
      acknowledged.add(write(survivor, person));
      child.said("ack").forEach(id -> acknowledged.add(Id.parse(id)));
      child.said("refused").forEach(id -> refused.add(Id.parse(id)));
      check(survivor, point);
    }
  }

  private Set<Id> writeUntil(AtomicBoolean over, PostgresqlStore store, Person person) {
    Set<Id> written = new HashSet<>();
    while (!over.get() && written.size() < MOST_AT_ONCE) {
      written.add(write(store, person));
    }
    return written;
  }

  private Id write(PostgresqlStore store, Person person) {
    Owner owner = samples.owner(person);
    return store.write(tx -> {
      tx.owners().insert(owner);
      var about = NewEvent.About.owner(owner.id());
      Event _ =
          tx.events()
              .append(
                  new NewEvent(
                      EventKind.OWNER_CREATED,
                      new Actor.Server(),
                      about,
                      Map.of(),
                      Optional.empty()),
                  NOW);
      return owner.id();
    });
  }

  private void check(PostgresqlStore store, CommitListener.Point point) {
    Set<Id> owners =
        store.read(view -> view.owners().all().stream().map(Owner::id).collect(Collectors.toSet()));
    List<Event> events = CrashTest.events(store);
    assertThat(owners).as(point.name()).containsAll(acknowledged);
    assertThat(owners).as(point.name()).noneMatch(refused::contains);
    assertThat(events.stream().map(event -> event.what().about().owner().orElseThrow()).toList())
        .as(point.name())
        .containsExactlyInAnyOrderElementsOf(owners);
    for (int i = 0; i < events.size(); i++) {
      assertThat(events.get(i).number()).as(point.name()).isEqualTo(i + 1);
    }
  }
}
