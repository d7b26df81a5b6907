package dev.credence.server.store;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.OwnerState;
import dev.credence.server.core.model.Person;
import dev.credence.server.store.postgres.RealPostgres;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// Writes as fast as it can from 8 threads and prints what was acknowledged: `ack ID.`, `refused
/// ID.`. Each write is an owner and its event. At the n-th time of a named point it prints `at
/// POINT.` and waits there to be killed.
///
/// Arguments: file (or `HOST:PORT DATABASE PASSWORD` of a PostgreSQL), seed, writes, point or
/// `none`, n.
final class WriterProgram {
  private static final int THREADS = 8;
  private static final Instant NOW = Instant.parse("2026-06-06T06:06:06Z");

  private final SecureRandom ids = new SecureRandom();
  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private final AtomicInteger left;
  private final Person person;

  private WriterProgram(int writes) {
    left = new AtomicInteger(writes);
    Id id = Id.random(ids);
    person = new Person(id, new Name("p-" + id), Optional.empty(), Optional.empty(), Set.of());
  }

  public static void main(String[] arguments) throws Exception {
    WriterProgram program = new WriterProgram(Integer.parseInt(arguments[2]));
    program.run(
        arguments[0], Long.parseLong(arguments[1]), arguments[3], Integer.parseInt(arguments[4]));
  }

  private void run(String where, long seed, String point, int times) throws Exception {
    StoreSettings settings =
        StoreSettings.defaults(failure -> Runtime.getRuntime().halt(70))
            .with(stopAt(point, new AtomicInteger(times)));
    try (SqlStore store = open(where, settings)) {
      boolean _ =
          store.write(transaction -> {
            transaction.owners().insert(person);
            return true;
          });
      Thread[] threads = new Thread[THREADS];
      for (int i = 0; i < THREADS; i++) {
        Random random = new Random(seed * THREADS + i);
        threads[i] = Thread.ofVirtual().start(() -> writeAll(store, random));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    say("end", "all");
  }

  private static SqlStore open(String where, StoreSettings settings)
      throws UnusableDatabaseException {
    String[] words = where.split(" ", -1);
    return words.length == 1
        ? SqliteStore.open(Path.of(where), settings)
        : PostgresqlStore.open(
            new PostgresqlSettings(
                List.of(words[0]),
                words[1],
                RealPostgres.USER,
                () -> Optional.of(words[2]),
                new PostgresqlSettings.Tls.Off(),
                true),
            settings);
  }

  private CommitListener stopAt(String point, AtomicInteger times) {
    return new CommitListener() {
      @Override
      public void committed(Commit commit) {}

      @Override
      public void reached(Point reached) {
        if (reached.name().equals(point) && times.decrementAndGet() == 0) {
          say("at", point);
          waitForTheEnd();
        }
      }
    };
  }

  private static void waitForTheEnd() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void writeAll(SqlStore store, Random random) {
    while (left.getAndDecrement() > 0) {
      Id id = Id.random(ids);
      try {
        write(store, id, random.nextInt(5) == 0);
        say("ack", id.toString());
      } catch (IOException e) {
        say("refused", id.toString());
      }
    }
  }

  private void write(SqlStore store, Id id, boolean refuse) throws IOException {
    boolean _ =
        store.<Boolean, IOException>write(transaction -> {
          transaction.owners().insert(owner(id));
          transaction
              .events()
              .append(
                  new NewEvent(
                      EventKind.OWNER_CREATED,
                      new Actor.Server(),
                      NewEvent.About.owner(id),
                      Map.of(),
                      Optional.empty()),
                  NOW);
          if (refuse) {
            throw new IOException("refused");
          }
          return true;
        });
  }

  private Owner owner(Id id) {
    return new Owner(
        id,
        new Name("o-" + id),
        new Owner.Contact("", ""),
        person.id(),
        Optional.empty(),
        OwnerState.ACTIVE,
        NOW);
  }

  private void say(String word, String what) {
    out.println(word + " " + what + ".");
  }
}
