package dev.credence.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.certs.Id;
import dev.credence.server.store.postgres.PostgresExtension;
import dev.credence.server.store.postgres.RealPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Which databases are taken, and what is done to them.
@ExtendWith(PostgresExtension.class)
class PostgresqlMigrationsTest {
  private final List<String> withSecond = new ArrayList<>(Migrations.SCRIPTS);
  private final List<String> withBroken = new ArrayList<>(Migrations.SCRIPTS);
  private final RealPostgres postgres;
  private final PostgresqlSettings database;

  PostgresqlMigrationsTest(RealPostgres postgres) throws Exception {
    this.postgres = postgres;
    this.database = postgres.newDatabase();
    withSecond.add("test-0002.sql");
    withBroken.add("test-broken.sql");
  }

  private Id openAndClose(List<String> scripts) throws UnusableDatabaseException {
    try (PostgresqlStore store =
        PostgresqlStore.open(database, StoreSettings.defaults(failure -> {}), scripts)) {
      return store.read(view -> view.meta().epoch());
    }
  }

  private List<String> query(String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = postgres.connect(database.database());
        Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery(sql)) {
      while (results.next()) {
        rows.add(results.getString(1));
      }
    }
    return rows;
  }

  private void refused(String message) {
    assertThatThrownBy(() -> openAndClose(Migrations.SCRIPTS))
        .isInstanceOf(UnusableDatabaseException.class)
        .hasMessageContaining(database.display())
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  @Test
  void secondOpening_changesNothing() throws Exception {
    Id epoch = openAndClose(Migrations.SCRIPTS);
    assertThat(openAndClose(Migrations.SCRIPTS)).isEqualTo(epoch);
    assertThat(query("SELECT count(*) FROM meta")).containsExactly("1");
    assertThat(query("SELECT name FROM migration ORDER BY number")).isEqualTo(Migrations.SCRIPTS);
  }

  @Test
  void nextMigration_isApplied_andKeepsTheData() throws Exception {
    Id epoch = openAndClose(Migrations.SCRIPTS);
    assertThat(openAndClose(withSecond)).isEqualTo(epoch);
    assertThat(query("SELECT note FROM added")).containsExactly("by the second");
    refused("it needs a newer Credence");
  }

  @Test
  void brokenMigration_leavesTheOldVersion() throws Exception {
    Id epoch = openAndClose(Migrations.SCRIPTS);
    assertThatThrownBy(() -> openAndClose(withBroken))
        .isInstanceOf(UnusableDatabaseException.class);
    assertThat(query("SELECT name FROM migration ORDER BY number")).isEqualTo(Migrations.SCRIPTS);
    assertThat(openAndClose(Migrations.SCRIPTS)).isEqualTo(epoch);
  }

  @Test
  void editedMigration_isRefused() throws Exception {
    openAndClose(Migrations.SCRIPTS);
    postgres.sql(database.database(), "UPDATE migration SET digest = sha256('other')");
    refused("migration 0001-spine.sql is not the one that was applied");
  }

  @Test
  void otherProgramsDatabase_isRefused_andLeftAlone() throws Exception {
    postgres.sql(database.database(), "CREATE TABLE bookmarks (url text)");
    refused("of another program");
    assertThat(query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        .containsExactly("bookmarks");
  }

  @Test
  void wrongPasswordUserOrPort_isOneLine_withoutThePassword() throws Exception {
    assertRefused(
        new PostgresqlSettings(
            database.hosts(),
            database.database(),
            RealPostgres.USER,
            () -> Optional.of("s3cret-word"),
            database.tls(),
            true),
        "cannot be opened");
    assertRefused(
        new PostgresqlSettings(
            List.of("127.0.0.1:1"),
            database.database(),
            RealPostgres.USER,
            () -> Optional.of("s3cret-word"),
            database.tls(),
            true),
        "cannot be reached");
    // The server of the test has no TLS.
    assertRefused(
        new PostgresqlSettings(
            database.hosts(),
            database.database(),
            RealPostgres.USER,
            () -> Optional.of("s3cret-word"),
            new PostgresqlSettings.Tls.Verified(Optional.empty()),
            true),
        "cannot be opened");
  }

  private static void assertRefused(PostgresqlSettings settings, String what) {
    assertThatThrownBy(() -> PostgresqlStore.open(settings, StoreSettings.defaults(failure -> {})))
        .isInstanceOf(UnusableDatabaseException.class)
        .hasMessageContaining(what)
        .hasMessageNotContaining("s3cret-word")
        .hasMessageNotContaining("\n");
    assertThat(settings.toString()).doesNotContain("s3cret-word");
  }

  @Test
  void manyOpeningAtOnce_agreeOnOneDatabase() throws Exception {
    try (ExecutorService openers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Id>> epochs = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        epochs.add(openers.submit(() -> openAndClose(withSecond)));
      }
      Id first = epochs.getFirst().get();
      for (Future<Id> epoch : epochs) {
        assertThat(epoch.get()).isEqualTo(first);
      }
    }
    assertThat(query("SELECT name FROM migration ORDER BY number")).isEqualTo(withSecond);
  }
}
