package dev.credence.server.store;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Where the PostgreSQL database is, and as whom it is opened. Says no password when it is printed.
///
/// @param hosts `HOST:PORT`, tried in this order until one is there that can be written
/// @param password asked for at each new connection, so that it can be changed; empty: none is sent
/// @param notifications true: the database tells of commits with NOTIFY; false: it is asked every
///   20 ms (for poolers that do not pass it on)
public record PostgresqlSettings(
    List<String> hosts,
    String database,
    String user,
    Supplier<Optional<String>> password,
    Tls tls,
    boolean notifications) {
  public PostgresqlSettings {
    hosts = List.copyOf(hosts);
    if (hosts.isEmpty()) {
      throw new IllegalArgumentException("no host (expected: one or more)");
    }
  }

  /// How the connection is protected.
  public sealed interface Tls {
    /// Not at all.
    record Off() implements Tls {}

    /// TLS, and the server's certificate must be valid for its host name.
    ///
    /// @param authorities PEM file; empty: those that the Java runtime trusts
    record Verified(Optional<Path> authorities) implements Tls {}
  }

  /// Which database it is, for people.
  String display() {
    return "postgresql://" + String.join(",", hosts) + "/" + database;
  }

  @Override
  public String toString() {
    return display() + " as " + user;
  }
}
