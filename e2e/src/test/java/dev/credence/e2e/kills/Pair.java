package dev.credence.e2e.kills;

import dev.credence.e2e.client.Admin;
import dev.credence.e2e.faults.CrashingServer;
import dev.credence.e2e.program.Daemon;
import dev.credence.e2e.program.JavaCopy;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Await;
import dev.credence.node.CrashingNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// A server, its node, and processes that the node serves. Whatever dies comes back as the built
/// program or as the same with a bomb in it. For one thread.
final class Pair implements AutoCloseable {
  static final String NODE = "node";

  private static final String BASE = "base";
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int PROCESSES = 2;

  private final Crashing crashing;
  private final Place place;
  private final JavaCopy java;
  private final Reading reading;
  private final Checker checker = new Checker();
  private final List<AgentProcess> processes = new ArrayList<>();
  private final List<String> notices = new ArrayList<>();
  private Running server;
  private Running node;
  private Admin admin;
  private String nodeId = "";

  private Pair(Crashing crashing, Place place, JavaCopy java, Running server) {
    this.crashing = crashing;
    this.place = place;
    this.java = java;
    this.reading = new Reading(place.crlPort());
    this.server = server;
    this.node = server;
    this.admin = Admin.at(place.adminSocket());
  }

  static Pair start(Crashing crashing, Path folder) throws Exception {
    var place = Place.in(folder);
    var java = JavaCopy.in(folder.resolve("jdk"));
    var pair = new Pair(crashing, place, java, crashing.server(place.serverConfig()));
    pair.prepare();
    return pair;
  }

  private void prepare() throws Exception {
    var _ = admin.owner(Lives.OWNER);
    var _ = admin.create(Admin.agent(Lives.OWNER, BASE, java.selector()));
    node = crashing.node(place.nodeConfig(NODE, admin.joinToken()));
    nodeId = admin.nodes().getFirst().getId();
    while (processes.size() < PROCESSES) {
      begin();
    }
  }

  Crashing crashing() {
    return crashing;
  }

  Place place() {
    return place;
  }

  List<String> selectors() {
    return List.of(java.selector());
  }

  Admin admin() {
    return admin;
  }

  Running server() {
    return server;
  }

  Running node() {
    return node;
  }

  /// A process exits.
  void exit() {
    processes.removeFirst().close();
  }

  /// One more process.
  void begin() throws IOException, InterruptedException {
    processes.add(AgentProcess.start(java, place.nodeSocket(NODE)));
  }

  /// As many processes as usual.
  void refill() throws IOException, InterruptedException {
    while (processes.size() < PROCESSES) {
      begin();
    }
  }

  void restartServer(boolean built) throws Exception {
    server.close();
    admin.close();
    server =
        built
            ? Daemon.ready("server", place.serverConfig())
            : crashing.server(place.serverConfig());
    admin = Admin.at(place.adminSocket());
  }

  void restartNode(boolean built) throws Exception {
    node.close();
    node = built ? Daemon.ready("node", nodeConfig()) : crashing.node(nodeConfig());
  }

  private Path nodeConfig() {
    return place.folder().resolve(NODE).resolve("node.yaml");
  }

  /// Starts it with a bomb, and returns when it is dead.
  void serverDiesAtStart(String bomb) throws Exception {
    server.close();
    server = crashing.armed(CrashingServer.class, place.serverConfig(), bomb);
    Newcomer.died(server);
  }

  /// The same, of the node.
  void nodeDiesAtStart(String bomb) throws Exception {
    node.close();
    node = crashing.armed(CrashingNode.class, nodeConfig(), bomb);
    Newcomer.died(node);
  }

  /// Compares what was asked for with what is there, at once and when all is in step again.
  void check(Book book, List<String> entitled) throws Exception {
    broken(checker.broken(book.asked(), reading.read(admin)), "at once");
    var names = new TreeSet<>(entitled);
    names.add(BASE);
    var settled = new Settled(nodeId, List.copyOf(processes), names);
    try {
      var _ = Await.answer("step", () -> settled.missing(admin), List::isEmpty, SOON);
    } catch (AssertionError e) {
      throw failed(List.of(String.valueOf(e.getMessage())), "not in step");
    }
    broken(checker.broken(book.asked(), reading.read(admin)), "in step");
  }

  void broken(List<String> broken, String when) {
    if (!broken.isEmpty()) {
      throw failed(broken, when);
    }
  }

  private AssertionError failed(List<String> broken, String when) {
    return new AssertionError(
        when
            + ":\n"
            + String.join("\n", broken)
            + "\n--- so far\n"
            + String.join("\n", notices)
            + "\n--- server\n"
            + tail(server.log())
            + "\n--- node\n"
            + tail(node.log())
            + processes.stream()
                .map(one -> "\n--- process\n" + tail(one.log()))
                .collect(Collectors.joining()));
  }

  private static String tail(String log) {
    return log.length() <= 2_500 ? log : log.substring(log.length() - 2_500);
  }

  void note(String what) {
    notices.add(what);
  }

  /// All events once more.
  ///
  /// @return what is not as it was
  List<String> anew() {
    return reading.anew(admin);
  }

  /// Everything is asked for once more, and the database is looked at when the server has died.
  void last(Book book, List<String> entitled) throws Exception {
    book.everythingAgain(admin);
    check(book, entitled);
    node.close();
    server.signal("KILL");
    server.exit(SOON);
    broken(new DatabaseFile(place.database()).broken(), "the database");
  }

  @Override
  public void close() {
    processes.forEach(AgentProcess::close);
    admin.close();
    node.close();
    server.close();
  }
}
