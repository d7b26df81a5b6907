package dev.credence.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.server.core.model.AuthorityRecord;
import dev.credence.server.core.model.AuthorityState;
import dev.credence.server.core.port.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;

/// Which files are taken, and what is done to them.
class MigrationsTest {
  private static final int NEWEST = Migrations.SCRIPTS.size();
  private static final List<String> WITH_SECOND = with("test-0002.sql");
  private static final List<String> WITH_BROKEN = with("test-broken.sql");

  private static List<String> with(String next) {
    return Stream.concat(Migrations.SCRIPTS.stream(), Stream.of(next)).toList();
  }

  private Path file;

  @BeforeEach
  void folder(@TempDir Path folder) {
    file = folder.resolve("credence.db");
  }

  private static StoreSettings settings() {
    return StoreSettings.defaults(failure -> {});
  }

  private Id openAndClose() throws UnusableDatabaseException {
    return openAndClose(Migrations.SCRIPTS);
  }

  private Id openAndClose(List<String> scripts) throws UnusableDatabaseException {
    try (SqliteStore store = SqliteStore.open(file, settings(), scripts)) {
      return store.read(view -> view.meta().epoch());
    }
  }

  private void sql(String... statements) throws SQLException {
    try (Connection connection = new SQLiteConfig().createConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.executeUpdate(sql);
      }
    }
  }

  private List<String> query(String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = new SQLiteConfig().createConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery(sql)) {
      while (results.next()) {
        rows.add(results.getString(1));
      }
    }
    return rows;
  }

  private void refused(String message) throws Exception {
    Sha256 before = Sha256.of(Files.readAllBytes(file));
    assertThatThrownBy(this::openAndClose)
        .isInstanceOf(UnusableDatabaseException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
    assertThat(Sha256.of(Files.readAllBytes(file))).isEqualTo(before);
  }

  @Test
  void freshFile_isPrivateMarkedAndRecorded() throws Exception {
    try (SqliteStore store = SqliteStore.open(file, settings())) {
      World.in(store, new Samples(1));
      for (String name : List.of("credence.db", "credence.db-wal", "credence.db-shm")) {
        assertThat(
                PosixFilePermissions.toString(
                    Files.getPosixFilePermissions(file.resolveSibling(name))))
            .as(name)
            .isEqualTo("rw-------");
      }
    }
    assertThat(query("PRAGMA application_id")).containsExactly(Integer.toString(0x43524544));
    assertThat(query("PRAGMA user_version")).containsExactly(Integer.toString(NEWEST));
    assertThat(query("PRAGMA journal_mode")).containsExactly("wal");
    assertThat(query("SELECT name FROM migration ORDER BY number")).isEqualTo(Migrations.SCRIPTS);
    assertThat(query("PRAGMA integrity_check")).containsExactly("ok");
  }

  @Test
  void secondOpening_changesNothing() throws Exception {
    Id epoch = openAndClose();
    assertThat(openAndClose()).isEqualTo(epoch);
    assertThat(query("SELECT count(*) FROM meta")).containsExactly("1");
  }

  @Test
  void existingEmptyFile_isTaken_andMadePrivate() throws Exception {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-rw-rw-")));
    openAndClose();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void nextMigration_isApplied_andKeepsTheData() throws Exception {
    Id epoch = openAndClose();
    assertThat(openAndClose(WITH_SECOND)).isEqualTo(epoch);
    assertThat(query("PRAGMA user_version")).containsExactly(Integer.toString(NEWEST + 1));
    assertThat(query("SELECT name FROM migration ORDER BY number")).isEqualTo(WITH_SECOND);
    assertThat(query("SELECT note FROM added")).containsExactly("by the second");
  }

  /// Certificates from before it was kept who signed them are the first authority's.
  @Test
  void certificatesOfTheFirstVersion_hangOnTheFirstAuthority() throws Exception {
    openAndClose(List.of("0001-spine.sql"));
    sql(
        "INSERT INTO node VALUES (1, randomblob(16), 'active', 'join_token', '{}', 0, zeroblob(32),"
            + " NULL, '', '', 100, 0)",
        "INSERT INTO certificate (serial, spki, node_id, not_before_ns, not_after_ns)"
            + " SELECT 'ab', zeroblob(32), id, 0, 100 FROM node");
    try (SqliteStore store = SqliteStore.open(file, settings())) {
      Samples samples = new Samples(1);
      AuthorityRecord first = samples.authority(AuthorityState.OLD);
      AuthorityRecord second = samples.authority(AuthorityState.ACTIVE);
      store.write(tx -> {
        tx.authorities().insert(first);
        tx.authorities().insert(second);
        return true;
      });
      assertThat(live(store, first, Instant.EPOCH)).isEqualTo(1);
      assertThat(live(store, first, Instant.EPOCH.plusSeconds(1))).isZero();
      assertThat(live(store, second, Instant.EPOCH)).isZero();
      assertThat(store.<Long, RuntimeException>read(view -> view.authorities().bundleSequence()))
          .isEqualTo(1);
    }
  }

  private static long live(SqliteStore store, AuthorityRecord authority, Instant now) {
    return store.<Long, RuntimeException>read(
        view -> view.authorities().countLive(authority.id(), now));
  }

  @Test
  void newerVersion_isRefused() throws Exception {
    openAndClose(WITH_SECOND);
    refused(
        "of version %d (expected: at most %d; it needs a newer Credence)"
            .formatted(NEWEST + 1, NEWEST));
  }

  @Test
  void brokenMigration_leavesTheOldVersion() throws Exception {
    openAndClose();
    assertThatThrownBy(() -> openAndClose(WITH_BROKEN))
        .isInstanceOf(UnusableDatabaseException.class);
    assertThat(query("PRAGMA user_version")).containsExactly(Integer.toString(NEWEST));
    assertThat(query("SELECT count(*) FROM sqlite_master WHERE name = 'half_done'"))
        .containsExactly("0");
    openAndClose();
  }

  @Test
  void editedMigration_isRefused() throws Exception {
    openAndClose();
    sql("UPDATE migration SET digest = zeroblob(32)");
    refused("migration 0001-spine.sql is not the one that was applied");
  }

  @Test
  void missingRecord_isRefused() throws Exception {
    openAndClose();
    sql("DELETE FROM migration");
    refused("0 recorded migrations (expected: " + NEWEST);
  }

  @Test
  void otherProgramsDatabase_isRefused() throws Exception {
    sql("CREATE TABLE bookmarks (url TEXT)");
    refused("of another program (application id 0)");
    sql("PRAGMA application_id = 77");
    refused("of another program (application id 77)");
  }

  @Test
  void rowThatWeDidNotWrite_isAFailure_notAWrongAnswer() throws Exception {
    Samples samples = new Samples(3);
    World world;
    try (SqliteStore store = SqliteStore.open(file, settings())) {
      world = World.in(store, samples);
    }
    sql(
        "UPDATE node SET state = 'fine'",
        "UPDATE owner SET name = 'Not A Name'",
        "UPDATE subject SET governance = '{}'");
    try (SqliteStore store = SqliteStore.open(file, settings())) {
      assertThatThrownBy(() -> store.read(view -> view.nodes().find(world.node().id())))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("a row that this program did not write")
          .hasMessageContaining("fine");
      assertThatThrownBy(() -> store.read(view -> view.owners().all()))
          .isInstanceOf(StoreException.class);
      assertThatThrownBy(() -> store.read(view -> view.subjects().find(world.agent().id())))
          .isInstanceOf(StoreException.class);
      assertThat(store.<Long, RuntimeException>read(view -> view.events().last())).isZero();
    }
  }

  @Test
  void somethingElse_isRefused() throws Exception {
    Files.writeString(file, "listen: 127.0.0.1:8443\n".repeat(200));
    refused("not a database");
    Files.writeString(file, "short");
    refused("not a database");
  }

  @Test
  void folderLinkOrStrangePath_isRefused(@TempDir Path folder) throws Exception {
    assertThatThrownBy(() -> SqliteStore.open(folder, settings()))
        .isInstanceOf(UnusableDatabaseException.class)
        .hasMessageContaining("not a regular file");
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("elsewhere"));
    assertThatThrownBy(() -> SqliteStore.open(link, settings()))
        .isInstanceOf(UnusableDatabaseException.class);
    assertThatThrownBy(() -> SqliteStore.open(folder.resolve("no/such/folder"), settings()))
        .isInstanceOf(UnusableDatabaseException.class)
        .hasMessageContaining("cannot be created");
    assertThatThrownBy(() -> SqliteStore.open(folder.resolve("a?mode=memory"), settings()))
        .isInstanceOf(UnusableDatabaseException.class)
        .hasMessageContaining("question mark");
  }

  @Test
  void manyOpeningAtOnce_agreeOnOneDatabase() throws Exception {
    try (ExecutorService openers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Id>> epochs = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        epochs.add(openers.submit(() -> openAndClose(WITH_SECOND)));
      }
      Id first = epochs.getFirst().get();
      for (Future<Id> epoch : epochs) {
        assertThat(epoch.get()).isEqualTo(first);
      }
    }
    assertThat(query("SELECT count(*) FROM migration"))
        .containsExactly(Integer.toString(NEWEST + 1));
  }
}
