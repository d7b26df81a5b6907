package dev.credence.server.store;

import java.nio.file.Path;

/// A file, or a database of a database server, that cannot serve as the server's database, found
/// before anything was changed: of a newer version, of another program, altered, or not to be
/// opened. The message is one line for people.
public final class UnusableDatabaseException extends Exception {
  private static final long serialVersionUID = 1L;

  UnusableDatabaseException(Path file, String problem) {
    super("database " + file + ": " + problem);
  }

  /// @param database says which, without anything secret
  UnusableDatabaseException(String database, String problem) {
    super("database " + database + ": " + problem);
  }

  UnusableDatabaseException(String database, String problem, Throwable cause) {
    super("database " + database + ": " + problem, cause);
  }

  UnusableDatabaseException(Path file, String problem, Throwable cause) {
    super("database " + file + ": " + problem, cause);
  }
}
