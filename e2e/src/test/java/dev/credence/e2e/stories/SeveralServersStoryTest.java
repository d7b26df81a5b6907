package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.client.Admin;
import dev.credence.e2e.client.Ends;
import dev.credence.e2e.client.RequestIds;
import dev.credence.e2e.program.Conversation;
import dev.credence.e2e.program.Daemon;
import dev.credence.e2e.program.JavaCopy;
import dev.credence.e2e.program.Program;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.program.Workload;
import dev.credence.e2e.story.Await;
import dev.credence.e2e.story.Story;
import dev.credence.proto.admin.v1.AuthoritiesGrpc;
import dev.credence.proto.admin.v1.Authority;
import dev.credence.proto.admin.v1.ChangeAuthorityRequest;
import dev.credence.proto.admin.v1.ListAuthoritiesRequest;
import dev.credence.proto.admin.v1.PrepareAuthorityRequest;
import dev.credence.server.store.postgres.PostgresExtension;
import dev.credence.server.store.postgres.RealPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("two servers on one PostgreSQL, a node at each, through the built programs")
@ExtendWith(PostgresExtension.class)
class SeveralServersStoryTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path folder;

  private final String database;
  private final RealPostgres postgres;

  SeveralServersStoryTest(RealPostgres postgres) throws Exception {
    this.postgres = postgres;
    this.database = postgres.newDatabase().database();
  }

  /// A server's configuration, and where it is.
  private record Place(Path config, String address, Path socket) {
    Admin admin() {
      return Admin.at(socket);
    }
  }

  private Place place(String name) throws IOException {
    Path own = Files.createDirectories(folder.resolve(name));
    Path password = Files.writeString(own.resolve("password"), postgres.password());
    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
    String address;
    // Chosen once, so that the server comes back where its nodes look for it.
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      address = "127.0.0.1:" + free.getLocalPort();
    }
    var lines =
        List.of(
            "trust_domain: test.example",
            "listen: " + address,
            "data_dir: " + own.resolve("data"),
            "admin:",
            "  socket: " + own.resolve("admin.sock"),
            "storage:",
            "  postgresql:",
            "    url: postgresql://127.0.0.1:" + postgres.port() + "/" + database,
            "    user: " + RealPostgres.USER,
            "    password_file: " + password,
            "    tls: \"off\"",
            "dev: true");
    return new Place(
        Files.write(own.resolve("server.yaml"), lines), address, own.resolve("admin.sock"));
  }

  private static List<Authority> authorities(Admin admin, String kind) {
    return admin
        .call(AuthoritiesGrpc::newBlockingStub)
        .listAuthorities(ListAuthoritiesRequest.newBuilder().setKind(kind).build())
        .getAuthoritiesList();
  }

  private static List<Authority> active(Admin admin) {
    return authorities(admin, "x509").stream()
        .filter(authority -> authority.getState().equals("active"))
        .toList();
  }

  private static String server(Admin admin, String node) {
    return admin.nodes().stream()
        .filter(each -> each.getId().equals(node))
        .findFirst()
        .orElseThrow()
        .getConnectedServerId();
  }

  private Running node(String name, Place at, String token) throws Exception {
    Path own = Files.createDirectories(folder.resolve(name));
    Path file = Files.writeString(own.resolve("token"), token);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    var lines =
        List.of(
            "data_dir: " + own.resolve("data"),
            "socket: " + own.resolve("api.sock"),
            "join_token_file: " + file);
    assertThat(token).as("made at " + at.address).isNotEmpty();
    return Daemon.ready("node", Files.write(own.resolve("node.yaml"), lines));
  }

  private Path socket(String node) {
    return folder.resolve(node).resolve("api.sock");
  }

  private static String id(Admin admin, int index) {
    return admin.nodes().get(index).getId();
  }

  private static ChangeAuthorityRequest change(String id) {
    return ChangeAuthorityRequest.newBuilder()
        .setRequestId(RequestIds.next())
        .setId(id)
        .setReason("story")
        .build();
  }

  /// The authority of the server that is asked is followed by another one, and withdrawn.
  private static void rotate(Admin admin, String old) throws Exception {
    var stub = admin.call(AuthoritiesGrpc::newBlockingStub).withDeadlineAfter(SOON.multipliedBy(3));
    String next =
        stub.prepareAuthority(
                PrepareAuthorityRequest.newBuilder()
                    .setRequestId(RequestIds.next())
                    .setKind("x509")
                    .build())
            .getAuthority()
            .getId();
    Await.answer(
        "the nodes of both servers know it",
        () -> stub.activateAuthority(change(next).toBuilder().setDryRun(true).build()),
        would -> would.getUnacknowledgedNodeIdsCount() == 0,
        SOON);
    var _ = stub.activateAuthority(change(next));
    var _ = stub.taintAuthority(change(old));
    Await.answer(
        "what hung on it is renewed",
        () -> stub.revokeAuthority(change(old).toBuilder().setDryRun(true).build()),
        would -> would.getAuthority().getLiveCertificates() == 0,
        SOON);
    var _ = stub.revokeAuthority(change(old));
  }

  @Test
  @DisplayName(
      "each sees the other's changes at once; authorities rotate, a server dies and comes back, and no call fails")
  void twoServers() throws Exception {
    try (var story = Story.of("two servers")) {
      var placeA = place("a");
      var placeB = place("b");
      var a = story.opens("server A", () -> Daemon.ready("server", placeA.config));
      var adminA = story.opens("A's administrator", placeA::admin);
      var _ = story.opens("server B", () -> Daemon.ready("server", placeB.config));
      var adminB = story.opens("B's administrator", placeB::admin);
      story.step(
          "each signs with an authority of its own",
          () ->
              Await.answer(
                  "two that are active", () -> active(adminB), all -> all.size() == 2, SOON));
      String serverA = active(adminA).getFirst().getServerId();
      String serverB = active(adminA).getLast().getServerId();

      var _ = story.opens("a node at A", () -> node("na", placeA, adminA.joinToken()));
      String nodeA = id(adminA, 0);
      var _ = story.opens("a node at B", () -> node("nb", placeB, adminB.joinToken()));
      String nodeB = id(adminA, 1);
      story.step(
          "both servers say who is where",
          () -> {
            assertThat(server(adminB, nodeA)).isEqualTo(serverA);
            assertThat(server(adminA, nodeB)).isEqualTo(serverB);
          });

      var tool = JavaCopy.in(folder.resolve("tool"));
      var agent = JavaCopy.in(folder.resolve("agent"));
      var other = JavaCopy.in(folder.resolve("other"));
      adminA.owner("finance");
      String toolId = adminA.create(Admin.agent("finance", "tool", tool.selector())).getSpiffeId();
      String agentId =
          adminA.create(Admin.agent("finance", "agent", agent.selector())).getSpiffeId();
      adminA.create(Admin.agent("finance", "other", other.selector()));
      var process = story.opens("a process at B's node", () -> Workload.start(other, socket("nb")));
      var svid = story.ask("what was registered at A is served there", process::fetch).getFirst();
      var conversation =
          story.opens(
              "a process at each node, in conversation",
              () ->
                  Conversation.start(
                      new Conversation.Side(tool, toolId, socket("nb")),
                      new Conversation.Side(agent, agentId, socket("na"))));
      Await.answer("calls", conversation::count, count -> count.calls() > 10, SOON);
      story.step(
          "on authorities of both",
          () -> assertThat(active(adminA)).allMatch(each -> each.getLiveCertificates() >= 2));

      int mark = process.mark();
      story.step("revoked at A", () -> new Ends(adminA).revoke(svid.execution()));
      story.step(
          "it is over at B's node",
          () -> assertThat(process.closed(mark, SOON)).startsWith("PERMISSION_DENIED"));
      story.step("and barred there", () -> assertThat(process.refused()).contains("DENIED"));
      story.step("unbarred at A", () -> new Ends(adminA).unbar(svid.execution()));
      story.step(
          "it is served again",
          () -> {
            try (var again = Workload.start(other, socket("nb"))) {
              assertThat(again.fetch()).hasSize(1);
            }
          });

      story.step("A's authority rotates", () -> rotate(adminA, active(adminA).getFirst().getId()));
      String rotated =
          active(adminA).stream()
              .filter(each -> each.getServerId().equals(serverA))
              .findFirst()
              .orElseThrow()
              .getId();

      story.step("kill -9 server A", a::close);
      story.step(
          "its node goes over to B",
          () -> Await.answer("its server", () -> server(adminB, nodeA), serverB::equals, SOON));
      story.step(
          "and gets new identities there",
          () -> {
            try (var fresh = Workload.start(other, socket("na"))) {
              assertThat(fresh.fetch()).hasSize(1);
            }
          });
      var _ = story.opens("A is started again", () -> Daemon.ready("server", placeA.config));
      var back = story.opens("its administrator", placeA::admin);
      story.step(
          "it has the authority that it had",
          () ->
              assertThat(active(back))
                  .anyMatch(
                      each -> each.getId().equals(rotated) && each.getServerId().equals(serverA)));
      story.step(
          "credence authority list, at either",
          () ->
              assertThat(
                      Program.credence()
                          .run(
                              "authority",
                              "list",
                              "--kind",
                              "x509",
                              "--socket",
                              placeB.socket.toString())
                          .done()
                          .out())
                  .contains(rotated, serverA, serverB));
      story.step(
          "what is made at A is known at B's node at once",
          () -> {
            var late = JavaCopy.in(folder.resolve("late"));
            back.create(Admin.agent("finance", "late", late.selector()));
            try (var fresh = Workload.start(late, socket("nb"))) {
              assertThat(fresh.fetch()).hasSize(1);
            }
          });
      var count = story.ask("the calls are counted", conversation::count);
      story.step(
          "none of " + count.calls() + " failed",
          () -> assertThat(count.failed()).as(count.first()).isZero());
    }
  }
}
