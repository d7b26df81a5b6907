package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.e2e.client.Admin;
import dev.credence.e2e.program.Daemon;
import dev.credence.e2e.program.Finished;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Story;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("a daemon that cannot start says why, in clear lines")
class DaemonStartTest {

  @TempDir static Path folder;
  private static Running server;
  private static Path serverConfig;

  @BeforeAll
  static void start() throws Exception {
    serverConfig = Daemon.serverConfig(folder.resolve("good"));
    server = Daemon.ready("server", serverConfig);
  }

  @AfterAll
  static void stop() throws Exception {
    server.signal("TERM");
    assertThat(server.exit(Duration.ofSeconds(60))).as("exit code after SIGTERM").isZero();
    server.close();
  }

  @Test
  @DisplayName("wrong keys: line, key and the nearest right one; all problems at once")
  void wrongKeys() throws Exception {
    var config = folder.resolve("wrong.yaml");
    Files.write(
        config,
        List.of(
            "trust_domain: NOT_valid",
            "listn: 127.0.0.1:0",
            "data_dir: /tmp/x",
            "admin:",
            "  sockett: /tmp/a.sock",
            "dev: perhaps"));
    var refused = Daemon.fails("server", config);
    assertThat(refused.exit()).as(refused.toString()).isEqualTo(1);
    assertThat(lines(refused))
        .anySatisfy(line -> assertThat(line).contains("wrong.yaml:2", "listn", "listen"))
        .anySatisfy(line -> assertThat(line).contains("wrong.yaml:5", "sockett", "socket"))
        .anySatisfy(line -> assertThat(line).contains("wrong.yaml:1", "NOT_valid"))
        .anySatisfy(line -> assertThat(line).contains("wrong.yaml:6", "perhaps"));
    clear(refused);
  }

  @Test
  @DisplayName("a configuration file that is not there, or is no YAML")
  void noFile() throws Exception {
    oneLine(Daemon.fails("server", folder.resolve("none.yaml")), "none.yaml");
    var broken = Files.writeString(folder.resolve("broken.yaml"), "trust_domain: [\n");
    clear(Daemon.fails("node", broken));
  }

  @Test
  @DisplayName("a data folder in use by another server")
  void inUse() throws Exception {
    var config = Daemon.serverConfig(folder.resolve("second"));
    replace(
        config, folder.resolve("second/data").toString(), folder.resolve("good/data").toString());
    oneLine(Daemon.fails("server", config), folder.resolve("good/data").toString(), "in use");
  }

  @Test
  @DisplayName("a data folder that cannot be written")
  void notWritable() throws Exception {
    var config = Daemon.serverConfig(folder.resolve("unwritable"));
    replace(config, folder.resolve("unwritable/data").toString(), "/proc/credence");
    oneLine(Daemon.fails("server", config), "/proc/credence");
  }

  @Test
  @DisplayName("a data folder from a newer version")
  void newer() throws Exception {
    var config = Daemon.serverConfig(folder.resolve("newer"));
    try (var once = Daemon.ready("server", config)) {
      once.signal("TERM");
      assertThat(once.exit(Duration.ofSeconds(60))).isZero();
    }
    var version = folder.resolve("newer/data/format");
    assertThat(version).as("the file that holds the folder's format").isRegularFile();
    Files.writeString(version, Files.readString(version).replaceAll("\\d+", "999"));
    oneLine(Daemon.fails("server", config), folder.resolve("newer/data").toString(), "999");
  }

  @Test
  @DisplayName("a port that is taken")
  void port() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var config = Daemon.serverConfig(folder.resolve("port"));
      replace(config, "127.0.0.1:0", "127.0.0.1:" + taken.getLocalPort());
      oneLine(Daemon.fails("server", config), "127.0.0.1:" + taken.getLocalPort());
    }
  }

  @Test
  @DisplayName(
      "a socket path that is longer than the kernel allows; a live socket is not stolen (EP-12)")
  void sockets() throws Exception {
    var tooLong = Daemon.serverConfig(folder.resolve("long"));
    replace(
        tooLong,
        folder.resolve("long/admin.sock").toString(),
        folder.resolve("s".repeat(100)).toString());
    var refused = Daemon.fails("server", tooLong);
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err()).contains("107");
    clear(refused);

    var stolen = Daemon.serverConfig(folder.resolve("stolen"));
    replace(
        stolen,
        folder.resolve("stolen/admin.sock").toString(),
        folder.resolve("good/admin.sock").toString());
    oneLine(Daemon.fails("server", stolen), folder.resolve("good/admin.sock").toString());
  }

  @Test
  @DisplayName("outside dev a registration says which nodes it means")
  void nodesAreNamed() {
    try (var admin = Admin.at(folder.resolve("good/admin.sock"))) {
      admin.owner("finance");
      var unsaid = Admin.agent("finance", "anywhere", "unix:uid:4000000").setAnyNode(false);
      assertThatThrownBy(() -> admin.create(unsaid))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT));
      assertThat(admin.create(unsaid.setAnyNode(true)).getRegistrations(0).getAnyNode()).isTrue();
    }
  }

  @Test
  @DisplayName(
      "a node: no token, another trust domain's token, a token that was used by another key; it"
          + " says which")
  void node() throws Exception {
    try (var story = Story.of("nodes that may not join");
        var admin = Admin.at(folder.resolve("good/admin.sock"))) {
      var address = Daemon.said(server, "listen");
      var token = story.ask("a token", admin::joinToken);
      var first =
          story.opens(
              "a node joins with it",
              () -> Daemon.ready("node", Daemon.nodeConfig(folder.resolve("n1"), address, token)));
      story.step(
          "another node with the same token is refused",
          () ->
              clear(
                  failed(
                      Daemon.fails(
                          "node", Daemon.nodeConfig(folder.resolve("n2"), address, token)))));
      story.step(
          "that is an event",
          () -> assertThat(admin.events()).anyMatch(event -> event.getKind().equals("refused")));
      story.step(
          "something that is no token",
          () ->
              oneLine(
                  Daemon.fails(
                      "node",
                      Daemon.nodeConfig(
                          folder.resolve("n3"), address, "credence-join-v1.nonsense")),
                  "token"));
      story.step(
          "a node without a token",
          () -> {
            var config = Daemon.nodeConfig(folder.resolve("n4"), address, token);
            Files.delete(folder.resolve("n4/token"));
            oneLine(Daemon.fails("node", config), "token");
          });
      story.step(
          "the token is in no log and no event",
          () -> {
            assertThat(server.log() + first.log()).doesNotContain(token);
            assertThat(admin.events().toString()).doesNotContain(token);
          });
      story.step(
          "the joined node ends with SIGTERM, exit 0",
          () -> {
            first.signal("TERM");
            assertThat(first.exit(Duration.ofSeconds(60))).isZero();
          });
      story.step(
          "and starts again without its token",
          () -> {
            Files.deleteIfExists(folder.resolve("n1/token"));
            Daemon.ready("node", folder.resolve("n1/node.yaml")).close();
          });
    }
  }

  private static void replace(Path file, String old, String other) throws IOException {
    Files.writeString(file, Files.readString(file).replace(old, other));
  }

  private static Finished failed(Finished finished) {
    assertThat(finished.exit()).as(finished.toString()).isEqualTo(1);
    return finished;
  }

  private static List<String> lines(Finished finished) {
    return finished.err().strip().lines().toList();
  }

  /// Exit code 1, and what people see contains the parts in one line; logs before it may say more.
  private static void oneLine(Finished finished, String... parts) {
    failed(finished);
    assertThat(lines(finished))
        .as(finished.toString())
        .anySatisfy(line -> assertThat(line).contains(parts));
    clear(finished);
  }

  private static void clear(Finished finished) {
    assertThat(finished.err())
        .as("error output of %s", finished)
        .isNotBlank()
        .doesNotContain("Exception", "\tat ");
    assertThat(lines(finished)).as(finished.toString()).hasSizeLessThanOrEqualTo(12);
  }
}
