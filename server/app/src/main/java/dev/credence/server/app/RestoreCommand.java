package dev.credence.server.app;

import dev.credence.certs.Id;
import dev.credence.certs.issue.AuthorityFolder;
import dev.credence.platform.config.ConfigException;
import dev.credence.platform.config.DataFolder;
import dev.credence.platform.crypto.CryptoProviders;
import dev.credence.server.core.model.Actor;
import dev.credence.server.store.Restoration;
import dev.credence.server.store.RestoredDatabase;
import dev.credence.server.store.RestoredFile;
import dev.credence.server.store.UnusableDatabaseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// `credence server restore`: brings a server's database back from a backup while the server is
/// stopped, or finishes what PostgreSQL's own tools have brought back.
///
/// @param backup the file; empty: the database is PostgreSQL and was restored already
/// @param replaced PostgreSQL: name of the database that was used before
/// @param withoutLater true: go on although the database that is replaced cannot be read
record RestoreCommand(
    Path config,
    Optional<Path> backup,
    Optional<String> replaced,
    boolean withoutLater,
    boolean json) {
  static final String WORD = "restore";

  private static final String USAGE =
      "usage: credence server restore FILE --config FILE [--without-later-bans] [-o table|json],"
          + " or with PostgreSQL: credence server restore --config FILE"
          + " (--replaced DATABASE | --without-later-bans)";

  /// A command line that is not understood.
  static final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String problem) {
      super(problem + "; " + USAGE);
    }
  }

  static RestoreCommand parse(String[] args) throws UsageException {
    Map<String, String> values = new TreeMap<>();
    for (int i = 1; i < args.length; i++) {
      String word = args[i];
      switch (word) {
        case "--without-later-bans" -> put(values, word, "");
        case "--config", "--replaced", "-o", "--output" -> {
          if (i + 1 == args.length) {
            throw new UsageException(word + ": a value is missing");
          }
          put(values, word.equals("--output") ? "-o" : word, args[++i]);
        }
        default -> {
          if (word.startsWith("-")) {
            throw new UsageException("\"" + word + "\" is not known");
          }
          put(values, "FILE", word);
        }
      }
    }
    return of(values);
  }

  private static void put(Map<String, String> values, String key, String value)
      throws UsageException {
    if (values.put(key, value) != null) {
      throw new UsageException(key + " is there twice");
    }
  }

  private static RestoreCommand of(Map<String, String> values) throws UsageException {
    String config = values.get("--config");
    if (config == null) {
      throw new UsageException("--config FILE is missing");
    }
    String output = values.getOrDefault("-o", "table");
    if (!output.equals("table") && !output.equals("json")) {
      throw new UsageException("-o: \"" + output + "\" (expected: table or json)");
    }
    if (values.containsKey("--replaced") && values.containsKey("--without-later-bans")) {
      throw new UsageException("--replaced and --without-later-bans (expected: one of them)");
    }
    try {
      return new RestoreCommand(
          Path.of(config),
          Optional.ofNullable(values.get("FILE")).map(Path::of),
          Optional.ofNullable(values.get("--replaced")),
          values.containsKey("--without-later-bans"),
          output.equals("json"));
    } catch (InvalidPathException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  /// Does it.
  ///
  /// @return what to print
  String run(Clock clock)
      throws ConfigException, UsageException, IOException, UnusableDatabaseException {
    ServerConfig settings = ServerConfig.read(config);
    try (DataFolder data =
        DataFolder.open(settings.dataDir(), CredenceServer.PRODUCT, CredenceServer.DATA_FORMAT)) {
      requireKeys(data);
      return switch (settings.storage()) {
        case Storage.Sqlite sqlite -> file(settings, sqlite, clock.instant());
        case Storage.Postgresql postgresql -> database(postgresql, clock.instant());
      };
    }
  }

  /// A backup has no private keys: without them a server would begin with an authority that nobody
  /// knows.
  private static void requireKeys(DataFolder data) throws IOException {
    var keys = new AuthorityFolder(data.path(), CryptoProviders.jdk(), new SecureRandom());
    if (keys.isMissing()) {
      throw new IOException(
          data.path()
              + ": authority.key and authority.pem are missing, and a backup has no private keys"
              + " (expected: the key files of the data folder put back first: authority.key,"
              + " authority.pem, authorities/, jwt-authority.key)");
    }
  }

  private String file(ServerConfig settings, Storage.Sqlite sqlite, Instant now)
      throws UsageException, IOException, UnusableDatabaseException {
    Path source = backup.orElseThrow(() -> new UsageException("the backup's FILE is missing"));
    if (replaced.isPresent()) {
      throw new UsageException("--replaced is for PostgreSQL");
    }
    Path working = sqlite.file().resolveSibling(sqlite.file().getFileName() + ".restoring");
    var backupFile = new BackupFile(source);
    try {
      var head = backupFile.unpack(working, settings.trustDomain());
      var restored = new RestoredFile(working, sqlite.file());
      restored.check();
      Optional<String> unreadable = restored.unreadable();
      if (unreadable.isPresent() && !withoutLater) {
        throw new IOException(
            "the database that is replaced cannot be read, and with it bans, suspensions, bars and"
                + " retired names that are younger than the backup: "
                + unreadable.get()
                + " (expected: a readable one, or --without-later-bans)");
      }
      boolean later = unreadable.isEmpty() && !withoutLater;
      Restoration.Report report =
          restored.prepare(
              restoration(
                  now,
                  Map.of(
                      "taken-at", head.takenAt().toString(), "sha256", head.sha256().toString())),
              later);
      Optional<Path> kept = restored.swap("replaced-" + Id.random(new SecureRandom()));
      return text(report, kept.map(Path::toString));
    } finally {
      for (String suffix : new String[] {"", "-wal", "-shm", "-journal"}) {
        Files.deleteIfExists(working.resolveSibling(working.getFileName() + suffix));
      }
    }
  }

  private String database(Storage.Postgresql postgresql, Instant now)
      throws UsageException, UnusableDatabaseException {
    if (backup.isPresent()) {
      throw new UsageException(
          "FILE is for SQLite: a PostgreSQL database is brought back by its own tools first");
    }
    if (replaced.isEmpty() && !withoutLater) {
      throw new UsageException("neither --replaced DATABASE nor --without-later-bans");
    }
    return text(
        new RestoredDatabase(postgresql.database()).run(restoration(now, Map.of()), replaced),
        replaced);
  }

  private static Restoration restoration(Instant now, Map<String, String> about) {
    return new Restoration(now, new Actor.LocalUid(OwnUser.uid()), about);
  }

  private String text(Restoration.Report report, Optional<String> kept) {
    Map<String, String> lines = new TreeMap<>(report.details());
    lines.put("trust-domain", report.trustDomain());
    kept.ifPresent(name -> lines.put("replaced", name));
    return json ? RestoreText.json(lines) : RestoreText.table(lines);
  }
}
