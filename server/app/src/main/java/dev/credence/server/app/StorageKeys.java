package dev.credence.server.app;

import dev.credence.platform.config.Key;
import dev.credence.platform.config.Parsers;
import dev.credence.server.app.Storage.Address;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The keys under `storage`: where everything is stored.
final class StorageKeys {
  /// Whether the connection to the database is protected.
  enum Tls {
    VERIFY,
    OFF
  }

  static final Key<Path> SQLITE_FILE =
      Key.optional(
          "storage.sqlite.file",
          StorageKeys::fileName,
          "credence.db",
          "Name of the SQLite database, inside `data_dir`. SQLite is what is used unless"
              + " `storage.postgresql.url` is set.");
  static final Key<Optional<Address>> POSTGRESQL_URL =
      Key.absentable(
          "storage.postgresql.url",
          Address::parse,
          "`postgresql://HOST:PORT/DATABASE`: PostgreSQL (14 or newer, encoding UTF8) instead of"
              + " SQLite. Several servers may share it. Several `HOST:PORT`, with commas between,"
              + " are tried in order until one is there that can be written.");
  static final Key<String> POSTGRESQL_USER =
      Key.optional(
          "storage.postgresql.user",
          Storage::name,
          "credence",
          "Role that owns the database's tables.");
  static final Key<Optional<Path>> POSTGRESQL_PASSWORD_FILE =
      Key.absentable(
          "storage.postgresql.password_file",
          Parsers::path,
          "File with the role's password on one line, readable by the server's user alone. Read at"
              + " each new connection, so it can be changed while the server runs. Without it no"
              + " password is sent.");
  static final Key<Tls> POSTGRESQL_TLS =
      Key.optional(
          "storage.postgresql.tls",
          Parsers.oneOf(Tls.class),
          "verify",
          "`verify`: TLS, with a certificate that is valid for the host's name; `off`: for a"
              + " database on the same host, or behind a tunnel of your own.");
  static final Key<Optional<Path>> POSTGRESQL_CA_FILE =
      Key.absentable(
          "storage.postgresql.ca_file",
          Parsers::path,
          "PEM file of the authorities that the database's certificate may hang on. Without it"
              + " those of the Java runtime.");
  static final Key<Boolean> POSTGRESQL_NOTIFICATIONS =
      Key.optional(
          "storage.postgresql.notifications",
          Parsers::bool,
          "true",
          "`true`: servers hear of each other's commits with LISTEN and NOTIFY. `false`: they ask"
              + " every 20 ms, where a pooler in between does not pass notifications on.");

  private StorageKeys() {}

  /// In the order of the reference.
  static List<Key<?>> all() {
    return List.of(
        SQLITE_FILE,
        POSTGRESQL_URL,
        POSTGRESQL_USER,
        POSTGRESQL_PASSWORD_FILE,
        POSTGRESQL_TLS,
        POSTGRESQL_CA_FILE,
        POSTGRESQL_NOTIFICATIONS);
  }

  private static Path fileName(String text) {
    if (!text.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
      throw new IllegalArgumentException(
          dev.credence.certs.Printable.quoted(text)
              + " (expected: a file name of letters, digits, dots and dashes, inside data_dir)");
    }
    return Path.of(text);
  }
}
