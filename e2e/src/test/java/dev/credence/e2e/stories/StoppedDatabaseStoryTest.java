package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.program.Daemon;
import dev.credence.e2e.program.Finished;
import dev.credence.e2e.program.Program;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Await;
import dev.credence.e2e.story.Story;
import dev.credence.server.store.postgres.PostgresExtension;
import dev.credence.server.store.postgres.RealPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("a PostgreSQL that is stopped, before the server's start and while it runs")
@ExtendWith(PostgresExtension.class)
class StoppedDatabaseStoryTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int UNREACHABLE = 3;

  @TempDir Path folder;

  private Path config(RealPostgres postgres, String database) throws IOException {
    Path password = Files.writeString(folder.resolve("password"), postgres.password());
    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
    return Daemon.serverConfig(
        folder,
        "storage:",
        "  postgresql:",
        "    url: postgresql://127.0.0.1:" + postgres.port() + "/" + database,
        "    user: " + RealPostgres.USER,
        "    password_file: " + password,
        "    tls: \"off\"",
        "dev: true");
  }

  private Finished credence(String... words) throws Exception {
    return Program.credence()
        .with("CREDENCE_ADMIN_SOCKET", folder.resolve("admin.sock").toString())
        .run(words);
  }

  private static void ends(Running server) throws Exception {
    server.signal("TERM");
    assertThat(server.exit(SOON)).as("exit code after SIGTERM").isZero();
  }

  @Test
  @DisplayName(
      "the start says where nobody is and what to do; calls fail with a reason, and go on when it is back; the server stops in order without it")
  void stopped() throws Exception {
    try (var story = Story.of("a stopped database")) {
      var postgres =
          story.opens(
              "a PostgreSQL of its own",
              () -> RealPostgres.start(RealPostgres.programs().orElseThrow()));
      String database = postgres.newDatabase().database();
      var config = config(postgres, database);
      String place = "postgresql://127.0.0.1:" + postgres.port() + "/" + database;

      story.step("it is stopped", postgres::stop);
      story.step(
          "the server does not start, and says in one line where it looked and what to do",
          () -> {
            var refused = Daemon.fails("server", config);
            assertThat(refused.exit()).as(refused.toString()).isEqualTo(1);
            assertThat(refused.err().lines().filter(line -> line.contains(place)))
                .as(refused.toString())
                .singleElement()
                .asString()
                .contains("database " + place + ": cannot be reached: ")
                .contains("refused", "start it, or correct the address");
            assertThat(refused.err()).doesNotContain("Exception", "\tat ");
          });

      story.step("it is started", postgres::startAgain);
      var server = story.opens("the server", () -> Daemon.ready("server", config));
      story.step(
          "a call is answered", () -> credence("owner", "create", "a", "--human", "ada").done());

      story.step("it is stopped under the running server", postgres::stop);
      story.step(
          "reading says that the database cannot be read",
          () ->
              credence("owner", "list")
                  .refused(UNREACHABLE, "has no answer now: the database cannot be read"));
      story.step(
          "changing says so too",
          () ->
              credence("owner", "create", "b", "--human", "ada")
                  .refused(UNREACHABLE, "has no answer now: the database cannot be"));
      story.step("the server runs", () -> assertThat(server.isAlive()).isTrue());

      story.step("it is started again", postgres::startAgain);
      story.step(
          "the same server answers, with all that was acknowledged and nothing else",
          () -> {
            var owners =
                Await.answer("answer", () -> credence("owner", "list"), it -> it.exit() == 0, SOON);
            assertThat(owners.lines())
                .anyMatch(line -> line.startsWith("a "))
                .noneMatch(line -> line.startsWith("b "));
            credence("owner", "create", "b", "--human", "ada").done();
          });

      story.step("it is stopped once more", postgres::stop);
      story.step("the server stops in order all the same", () -> ends(server));
    }
  }
}
