package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.attestors.join.EnrollmentToken;
import dev.credence.attestors.join.JoinToken;
import dev.credence.attestors.join.ServerAddress;
import dev.credence.certs.Sha256;
import dev.credence.e2e.program.Daemon;
import dev.credence.e2e.program.Finished;
import dev.credence.e2e.program.Program;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Story;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("administration from another machine: another user, another home, only the network")
class AdministratorStoryTest {

  private Path folder;
  private Running server;
  private Program local;
  private String address;

  @BeforeEach
  void start() throws Exception {
    folder = Files.createTempDirectory("admins");
    // The other user must get to its home below.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    server = Daemon.ready("server", Daemon.serverConfig(folder.resolve("server")));
    address = Daemon.said(server, "listen");
    local =
        Program.credence()
            .with(
                "CREDENCE_ADMIN_SOCKET", folder.resolve("server").resolve("admin.sock").toString());
    local.run("owner", "create", "team", "--human", "ada", "--reason", "begin").done();
    local.run("owner", "create", "rival", "--human", "bob").done();
  }

  @AfterEach
  void stop() throws Exception {
    server.signal("TERM");
    server.exit(Duration.ofSeconds(60));
    server.close();
    try (var files = Files.walk(folder)) {
      for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  /// Another user without rights where there can be one, with a home of its own.
  private Program machine(String name) throws Exception {
    var home = Files.createDirectories(folder.resolve(name));
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
    return Program.credence().asOrdinaryUser().with("HOME", home.toString());
  }

  private String token(String... enroll) throws Exception {
    return local.run(enroll).done().out().strip();
  }

  private static Finished login(Program machine, String token) throws Exception {
    return machine.run(List.of("admin", "login"), token);
  }

  @Test
  @DisplayName(
      "enrolled by one string, an operator works as at the socket; a suspension is at once")
  void operator() throws Exception {
    try (var story = Story.of("an operator on another machine")) {
      var laptop = machine("laptop").with("CREDENCE_SERVER", address);
      story.step(
          "before it is enrolled it is nobody",
          () -> laptop.run("owner", "list").refused(2, "no profile", "credence admin login"));
      var token = token("admin", "enroll", "ada", "--role", "operator", "--person", "ada");
      story.step(
          "the token makes it one; nobody else may read what it keeps",
          () -> {
            assertThat(login(laptop, token).done().out()).contains("/admin/ada: operator");
            try (var files = Files.walk(folder.resolve("laptop/.config/credence"))) {
              for (var file : files.toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .as(file.toString())
                    .endsWith("------");
              }
            }
          });
      story.step(
          "the same token on another machine is refused, and an event",
          () -> {
            login(machine("thief"), token).refused(1, "enrolment token refused");
            assertThat(local.run("event", "list", "--kind", "refused").done().out())
                .contains("redeemed before by another key, for ada");
          });
      story.step(
          "it creates an agent; the event names administrator and person",
          () -> {
            laptop
                .run(
                    "agent",
                    "create",
                    "bot",
                    "--owner",
                    "team",
                    "--selector",
                    "unix:uid:4000000",
                    "--any-node",
                    "--reason",
                    "ticket 7")
                .done();
            assertThat(
                    local
                        .run("event", "list", "--kind", "agent-created", "-o", "json")
                        .done()
                        .out())
                .contains("admin:ada", "\"actor-person\": \"ada\"", "ticket 7");
            assertThat(laptop.run("agent", "show", "bot").done().out()).contains("/agent/team/bot");
          });
      story.step(
          "it renews its SVID, and makes no other administrator",
          () -> {
            assertThat(laptop.run("admin", "renew").done().out()).contains("/admin/ada");
            laptop
                .run("admin", "enroll", "second", "--role", "operator")
                .refused(1, "local socket");
            laptop.run("authority", "prepare").refused(1, "local socket");
          });
      story.step(
          "suspended, it is refused; resumed, it needs a new token; removed, its name is spent",
          () -> {
            local.run("admin", "suspend", "ada", "--reason", "laptop lost").done();
            laptop.run("owner", "list").refused(1, "administrator ada: suspended");
            var resumed = local.run("admin", "resume", "ada").done();
            assertThat(resumed.err()).contains("its old key stays refused");
            laptop.run("owner", "list").refused(1, "not enrolled since it was resumed");
            login(laptop, resumed.out().strip()).done();
            laptop.run("owner", "list").done();
            local.run("admin", "resume", "ada").done();
            laptop.run("owner", "list").done();
            local.run("admin", "remove", "ada").done();
            laptop.run("owner", "list").refused(1, "administrator ada: removed");
            local
                .run("admin", "enroll", "ada", "--role", "operator")
                .refused(1, "a name never used before");
          });
    }
  }

  @Test
  @DisplayName("a registrar and an auditor do what their role says, and hear which one it takes")
  void roles() throws Exception {
    try (var story = Story.of("roles")) {
      local
          .run(
              "agent",
              "create",
              "bot",
              "--owner",
              "rival",
              "--selector",
              "unix:uid:1",
              "--any-node")
          .done();
      var rae = machine("rae").with("CREDENCE_SERVER", address);
      login(rae, token("admin", "enroll", "rae", "--role", "registrar", "--owner", "team")).done();
      story.step(
          "the registrar has each verb within its owner",
          () -> {
            rae.run(
                    "agent",
                    "create",
                    "bot",
                    "--owner",
                    "team",
                    "--selector",
                    "unix:uid:2",
                    "--any-node")
                .done();
            rae.run("agent", "update", "team/bot", "--hint", "x").done();
            rae.run(
                    "agent",
                    "selector",
                    "add",
                    "team/bot",
                    "--selector",
                    "unix:uid:3",
                    "--any-node")
                .done();
            rae.run("agent", "suspend", "bot").done();
            assertThat(rae.run("agent", "list").done().out())
                .contains("team")
                .doesNotContain("rival");
          });
      story.step(
          "and none outside of it",
          () -> {
            for (var verb : List.of("show", "suspend", "resume", "retire")) {
              rae.run("agent", verb, "rival/bot")
                  .refused(1, "outside of its owners", "role operator");
            }
            rae.run("agent", "update", "rival/bot", "--hint", "x").refused(1, "outside");
            rae.run(
                    "agent",
                    "create",
                    "spy",
                    "--owner",
                    "rival",
                    "--selector",
                    "unix:uid:2",
                    "--any-node")
                .refused(1, "outside of its owners");
            rae.run("node", "token", "create").refused(1, "expected: role operator");
            rae.run("node", "list").refused(1, "expected: role operator or auditor");
          });
      var ann = machine("ann").with("CREDENCE_SERVER", address);
      login(ann, token("admin", "enroll", "ann", "--role", "auditor")).done();
      story.step(
          "the auditor sees everything and changes nothing",
          () -> {
            assertThat(ann.run("agent", "list").done().out()).contains("team", "rival");
            assertThat(ann.run("event", "list").done().out()).contains("admin:rae");
            ann.run("agent", "retire", "team/bot").refused(1, "auditor may not");
            ann.run("owner", "create", "x", "--human", "ann").refused(1, "expected: role operator");
          });
    }
  }

  @Test
  @DisplayName("a token that names several servers leads to the one that answers")
  void severalServers() throws Exception {
    try (var story = Story.of("several servers")) {
      var dead = new ServerAddress("127.0.0.1", portOfNobody());
      var real = EnrollmentToken.parse(token("admin", "enroll", "ada", "--role", "operator"));
      var contents = real.contents();
      var both =
          new EnrollmentToken(
              new JoinToken(
                  List.of(dead, contents.server()),
                  contents.trustDomain(),
                  contents.pins(),
                  contents.secret()));
      var laptop = machine("laptop");
      story.step(
          "it logs in, though the first does not answer",
          () -> login(laptop, both.reveal()).done());
      story.step(
          "and goes on so, by the name of either",
          () -> {
            laptop.with("CREDENCE_SERVER", dead.toString()).run("owner", "list").done();
            laptop.with("CREDENCE_SERVER", address).run("admin", "renew").done();
          });
    }
  }

  private static int portOfNobody() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return taken.getLocalPort();
    }
  }

  @Test
  @DisplayName("a team's pipeline on another machine applies its own file, and no other's")
  void apply() throws Exception {
    try (var story = Story.of("apply over the network")) {
      var rae = machine("ci").with("CREDENCE_SERVER", address);
      login(rae, token("admin", "enroll", "rae", "--role", "registrar", "--owner", "team")).done();
      story.step(
          "its own file is applied, and once more changes nothing",
          () -> {
            assertThat(rae.run(List.of("apply", "-f", "-"), file("team")).done().out())
                .contains("agent team/bot");
            assertThat(rae.run(List.of("apply", "-f", "-"), file("team")).done().out())
                .contains("nothing to change");
            assertThat(rae.run("set", "list").done().out()).contains("agent team/bot");
          });
      story.step(
          "another owner's is refused, and an event",
          () -> {
            rae.run(List.of("apply", "-f", "-"), file("rival")).refused(1, "outside of its owners");
            assertThat(local.run("event", "list", "--kind", "refused").done().out())
                .contains("admin:rae", "apply-set");
          });
      story.step(
          "an operator applies that; an auditor exports what is there",
          () -> {
            var ada = machine("laptop").with("CREDENCE_SERVER", address);
            login(ada, token("admin", "enroll", "ada", "--role", "operator")).done();
            ada.run(List.of("apply", "-f", "-"), file("rival")).done();
            var ann = machine("ann").with("CREDENCE_SERVER", address);
            login(ann, token("admin", "enroll", "ann", "--role", "auditor")).done();
            assertThat(ann.run("export").done().out()).contains("team/bot", "rival/bot");
            ann.run(List.of("apply", "-f", "-"), file("team")).refused(1, "auditor may not");
          });
    }
  }

  private static String file(String owner) {
    return """
    set: %s-prod
    agents:
      %s/bot:
        registrations:
          - selectors: [unix:uid:4000000]
            nodes: any
    """
        .formatted(owner, owner);
  }

  @Test
  @DisplayName("a token with a wrong pin keeps its secret: the server's log has no call of it")
  void wrongPin() throws Exception {
    try (var story = Story.of("a wrong pin")) {
      var real = EnrollmentToken.parse(token("admin", "enroll", "ada", "--role", "operator"));
      var contents = real.contents();
      var misled =
          new EnrollmentToken(
              new JoinToken(
                  contents.server(),
                  contents.trustDomain(),
                  List.of(Sha256.of(new byte[] {1})),
                  contents.secret()));
      var laptop = machine("laptop");
      story.step(
          "the machine says that the server is not the one",
          () ->
              login(laptop, misled.reveal())
                  .refused(
                      3, "who answers there is not the one", "no authority with a pinned key"));
      story.step(
          "and the secret was not spent: the right token still works, with a key of another"
              + " machine",
          () -> login(machine("other"), real.reveal()).done());
      story.step(
          "a node's token is not an administrator's",
          () ->
              login(laptop, token("node", "token", "create"))
                  .refused(2, "does not begin with credence-admin-v1."));
    }
  }
}
