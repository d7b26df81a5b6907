package dev.credence.server.store.postgres;

import dev.credence.server.store.PostgresqlSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// A PostgreSQL server on a free port of the loopback, from the distribution's package, with a new
/// data folder. As root it runs as `nobody`, since PostgreSQL refuses root. It ends with [#close],
/// and also when this process dies in whatever way: it hangs on a pipe to it. Nothing of it needs
/// to survive a crash of the machine, so it syncs nothing.
public final class RealPostgres implements AutoCloseable {
  private static final String NOBODY = "65534";
  private static final String READY = "database system is ready to accept connections";
  private static final long START_SECONDS = 60;

  /// Runs the server until the pipe that is its input closes.
  private static final String UNTIL_INPUT_ENDS =
      "exec 3<&0; \"$@\" </dev/null & p=$!; cat <&3 >/dev/null; kill -QUIT $p; kill -CONT $p; wait $p";

  /// Who may do everything in it.
  public static final String USER = "credence";

  private final Path folder;
  private final int port;
  private final String password;
  private final Path programs;
  private volatile Process process;
  private final AtomicInteger databases = new AtomicInteger();

  private RealPostgres(Path folder, int port, Path programs, Process process) {
    this.folder = folder;
    this.port = port;
    this.password = wordOf(folder);
    this.programs = programs;
    this.process = process;
  }

  private static String wordOf(Path folder) {
    return "word-" + folder.getFileName();
  }

  /// Where the newest of the distribution's programs are; empty: none is installed.
  public static Optional<Path> programs() {
    Path all = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(all)) {
      return Optional.empty();
    }
    try (Stream<Path> versions = Files.list(all)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
          .max(Comparator.comparing(Path::toString));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Makes one and returns when it answers.
  public static RealPostgres start(Path programs) throws Exception {
    Path folder = Files.createTempDirectory("credence-postgres");
    Path words = Files.writeString(folder.resolve("password"), wordOf(folder));
    Path data = Files.createDirectory(folder.resolve("data"));
    if (isRoot()) {
      for (Path path : List.of(folder, words, data)) {
        Files.setAttribute(path, "unix:uid", Integer.parseInt(NOBODY));
      }
    }
    List<String> make =
        asOrdinaryUser(
            programs.resolve("initdb").toString(),
            "--pgdata=" + data,
            "--username=" + USER,
            "--pwfile=" + words,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync");
    run(make);
    int port = freePort();
    return new RealPostgres(folder, port, programs, launched(programs, data, port));
  }

  private static Process launched(Path programs, Path data, int port) throws Exception {
    Process process =
        new ProcessBuilder(wrapped(programs, data, port)).redirectErrorStream(true).start();
    awaitReady(process);
    return process;
  }

  /// Stops it at once: who is connected loses the connection, and nothing listens on its port. What
  /// was committed is there after [#startAgain].
  public void stop() throws IOException {
    process.getOutputStream().close();
    process.onExit().orTimeout(START_SECONDS, TimeUnit.SECONDS).join();
  }

  /// Starts it after [#stop], on the same port, and returns when it answers.
  public void startAgain() throws Exception {
    process = launched(programs, folder.resolve("data"), port);
  }

  /// Keeps it from running: connections stay, the kernel takes new ones, and nobody answers.
  public void freeze() throws Exception {
    signal("-STOP");
  }

  /// Lets it run on after [#freeze].
  public void thaw() throws Exception {
    signal("-CONT");
  }

  private void signal(String signal) throws Exception {
    // Of what it had made for a connection some may have gone meanwhile.
    List<String> command =
        new ArrayList<>(List.of("sh", "-c", "kill \"$@\" 2>/dev/null; true", "kill", signal));
    // The postmaster first, which makes all the others.
    process.children().flatMap(RealPostgres::withChildren).forEach(command::add);
    run(command);
  }

  private static Stream<String> withChildren(ProcessHandle one) {
    return one.info().command().orElse("").endsWith("postgres")
        ? Stream.concat(Stream.of(one), one.descendants()).map(it -> Long.toString(it.pid()))
        : Stream.empty();
  }

  private static List<String> wrapped(Path programs, Path data, int port) {
    List<String> command = new ArrayList<>(List.of("sh", "-c", UNTIL_INPUT_ENDS, "postgres"));
    command.addAll(
        asOrdinaryUser(
            programs.resolve("postgres").toString(),
            "-D" + data,
            "-clisten_addresses=127.0.0.1",
            "-cport=" + port,
            "-cunix_socket_directories=",
            "-cfsync=off",
            "-cfull_page_writes=off",
            "-cshared_buffers=16MB",
            "-cmax_connections=100",
            "-clog_min_messages=warning"));
    return command;
  }

  private static boolean isRoot() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }

  private static List<String> asOrdinaryUser(String... command) {
    List<String> all = new ArrayList<>();
    try {
      if (isRoot()) {
        all.addAll(
            List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    all.addAll(List.of(command));
    return all;
  }

  private static void run(List<String> command) throws Exception {
    Process made = new ProcessBuilder(command).redirectErrorStream(true).start();
    made.getOutputStream().close();
    String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!made.waitFor(START_SECONDS, TimeUnit.SECONDS) || made.exitValue() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// Reads what it says until it is ready, and goes on reading so that it never waits for us.
  private static void awaitReady(Process process) throws Exception {
    CountDownLatch ready = new CountDownLatch(1);
    var said = new ConcurrentLinkedQueue<String>();
    Thread.ofVirtual()
        .start(() -> {
          try (BufferedReader lines =
              new BufferedReader(
                  new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
              if (ready.getCount() > 0) {
                said.add(line);
              }
              if (line.contains(READY)) {
                ready.countDown();
              }
            }
          } catch (IOException e) {
            said.add(e.toString());
          }
        });
    if (!ready.await(START_SECONDS, TimeUnit.SECONDS)) {
      process.destroy();
      throw new IOException("PostgreSQL did not start: " + said);
    }
  }

  /// A new, empty database.
  public PostgresqlSettings newDatabase() throws SQLException {
    String name = "test_" + databases.incrementAndGet();
    sql("postgres", "CREATE DATABASE " + name);
    return settings(name);
  }

  /// How that database is opened.
  public PostgresqlSettings settings(String database) {
    return new PostgresqlSettings(
        List.of("127.0.0.1:" + port),
        database,
        USER,
        () -> Optional.of(password),
        new PostgresqlSettings.Tls.Off(),
        true);
  }

  /// Runs statements by hand.
  public void sql(String database, String... statements) throws SQLException {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /// Returns when what was connected to the database is gone. A backend goes on for a while after
  /// its connection was closed; it is told to go, and waited for.
  public void awaitUnused(String database) throws SQLException {
    sql(
        "postgres",
        "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = '"
            + database
            + "'");
  }

  /// A connection by hand.
  public Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/" + database, USER, password);
  }

  /// Of user [#USER].
  public String password() {
    return password;
  }

  /// On the loopback.
  public int port() {
    return port;
  }

  @Override
  public void close() throws IOException {
    stop();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
