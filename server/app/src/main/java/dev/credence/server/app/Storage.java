package dev.credence.server.app;

import dev.credence.certs.Printable;
import dev.credence.platform.config.ConfigDocument;
import dev.credence.platform.config.Key;
import dev.credence.platform.config.Parsers;
import dev.credence.server.core.port.Store;
import dev.credence.server.store.PostgresqlSettings;
import dev.credence.server.store.PostgresqlStore;
import dev.credence.server.store.SqliteStore;
import dev.credence.server.store.StoreSettings;
import dev.credence.server.store.UnusableDatabaseException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where everything is stored, and how it is opened.
public sealed interface Storage {

  /// Opens it.
  ///
  /// @throws UnusableDatabaseException with a line for people
  Store open(StoreSettings settings) throws UnusableDatabaseException;

  /// One file.
  ///
  /// @param file absolute
  record Sqlite(Path file) implements Storage {
    @Override
    public Store open(StoreSettings settings) throws UnusableDatabaseException {
      return SqliteStore.open(file, settings);
    }
  }

  /// A database server, perhaps shared with other servers of the trust domain.
  record Postgresql(PostgresqlSettings database) implements Storage {
    @Override
    public Store open(StoreSettings settings) throws UnusableDatabaseException {
      return PostgresqlStore.open(database, settings);
    }
  }

  /// Where a PostgreSQL database is.
  ///
  /// @param hosts `HOST:PORT`
  record Address(List<String> hosts, String database) {
    private static final Pattern URL =
        Pattern.compile("postgresql://([^/?#@\\s]{1,1000})/([A-Za-z0-9_][A-Za-z0-9_.-]{0,62})");
    private static final String DEFAULT_PORT = ":5432";

    /// Copies.
    public Address {
      hosts = List.copyOf(hosts);
    }

    /// Without user, password and options, which have keys of their own.
    static Address parse(String text) {
      Matcher url = URL.matcher(text);
      if (!url.matches()) {
        throw new IllegalArgumentException(
            "not understood (expected: postgresql://HOST:PORT/DATABASE, without user, password and"
                + " options, which have keys of their own)");
      }
      List<String> hosts = new ArrayList<>();
      for (String host : url.group(1).split(",", -1)) {
        boolean port = host.lastIndexOf(':') > host.lastIndexOf(']');
        String full = port ? host : host + DEFAULT_PORT;
        if (Parsers.hostPort(full).getPort() == 0) {
          throw new IllegalArgumentException("port 0 (expected: the port of the database)");
        }
        hosts.add(full);
      }
      return new Address(hosts, url.group(2));
    }
  }

  /// A name of a role.
  static String name(String text) {
    if (!text.matches("[A-Za-z0-9_][A-Za-z0-9_.@-]{0,62}")) {
      throw new IllegalArgumentException(
          Printable.quoted(text) + " (expected: the name of a PostgreSQL role)");
    }
    return text;
  }

  /// What a configuration says; its problems are noted in the document.
  static Storage of(ConfigDocument document, Path dataDir) {
    Optional<Address> address = document.get(StorageKeys.POSTGRESQL_URL);
    check(document, address.isPresent());
    if (address.isEmpty()) {
      return new Sqlite(dataDir.resolve(document.get(StorageKeys.SQLITE_FILE)));
    }
    PasswordFile password =
        new PasswordFile(document.get(StorageKeys.POSTGRESQL_PASSWORD_FILE).map(document::resolve));
    return new Postgresql(
        new PostgresqlSettings(
            address.get().hosts(),
            address.get().database(),
            document.get(StorageKeys.POSTGRESQL_USER),
            password,
            tls(document),
            document.get(StorageKeys.POSTGRESQL_NOTIFICATIONS)));
  }

  private static PostgresqlSettings.Tls tls(ConfigDocument document) {
    return switch (document.get(StorageKeys.POSTGRESQL_TLS)) {
      case OFF -> new PostgresqlSettings.Tls.Off();
      case VERIFY ->
          new PostgresqlSettings.Tls.Verified(
              document.get(StorageKeys.POSTGRESQL_CA_FILE).map(document::resolve));
    };
  }

  private static void check(ConfigDocument document, boolean postgresql) {
    document.require(
        !(postgresql && document.names(StorageKeys.SQLITE_FILE)),
        StorageKeys.SQLITE_FILE,
        "storage.postgresql.url too (expected: one of them)");
    for (Key<?> key : StorageKeys.all()) {
      boolean needsUrl = key.name().startsWith("storage.postgresql.");
      document.require(
          postgresql || !needsUrl || !document.names(key),
          key,
          "without storage.postgresql.url (expected: that too)");
    }
    document.require(
        document.get(StorageKeys.POSTGRESQL_TLS) == StorageKeys.Tls.VERIFY
            || document.get(StorageKeys.POSTGRESQL_CA_FILE).isEmpty(),
        StorageKeys.POSTGRESQL_CA_FILE,
        "though storage.postgresql.tls is off (expected: verify)");
  }
}
