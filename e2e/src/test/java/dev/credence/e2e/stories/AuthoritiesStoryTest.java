package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.client.Admin;
import dev.credence.e2e.client.RequestIds;
import dev.credence.e2e.program.Conversation;
import dev.credence.e2e.program.Dev;
import dev.credence.e2e.program.JavaCopy;
import dev.credence.e2e.program.Workload;
import dev.credence.e2e.story.Await;
import dev.credence.e2e.story.Story;
import dev.credence.proto.admin.v1.AuthoritiesGrpc;
import dev.credence.proto.admin.v1.Authority;
import dev.credence.proto.admin.v1.AuthorityChange;
import dev.credence.proto.admin.v1.ChangeAuthorityRequest;
import dev.credence.proto.admin.v1.ListAuthoritiesRequest;
import dev.credence.proto.admin.v1.PrepareAuthorityRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("authorities: from prepared to revoked, while calls go on")
class AuthoritiesStoryTest {

  private static final int ROTATIONS = 20;
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path folder;

  private static List<Authority> authorities(Admin admin) {
    return admin
        .call(AuthoritiesGrpc::newBlockingStub)
        .listAuthorities(ListAuthoritiesRequest.newBuilder().setKind("x509").build())
        .getAuthoritiesList();
  }

  private static Authority in(Admin admin, String state) {
    return authorities(admin).stream()
        .filter(authority -> authority.getState().equals(state))
        .reduce((_, later) -> later)
        .orElseThrow(() -> new AssertionError("no authority is " + state));
  }

  private static ChangeAuthorityRequest change(String id, boolean dryRun) {
    return ChangeAuthorityRequest.newBuilder()
        .setRequestId(RequestIds.next())
        .setId(id)
        .setDryRun(dryRun)
        .build();
  }

  private static void rotate(Admin admin) throws Exception {
    var stub = admin.call(AuthoritiesGrpc::newBlockingStub).withDeadlineAfter(SOON.multipliedBy(3));
    var before = in(admin, "active").getId();
    var next =
        stub.prepareAuthority(
                PrepareAuthorityRequest.newBuilder()
                    .setRequestId(RequestIds.next())
                    .setKind("x509")
                    .build())
            .getAuthority()
            .getId();
    Await.answer(
        "acknowledged",
        () -> stub.activateAuthority(change(next, true)),
        would -> would.getUnacknowledgedNodeIdsCount() == 0,
        SOON);
    var _ = stub.activateAuthority(change(next, false));
    AuthorityChange tainted = stub.taintAuthority(change(before, false));
    assertThat(tainted.getRenewWithin().getSeconds()).isEqualTo(2);
    Await.answer(
        "renewed",
        () -> stub.revokeAuthority(change(before, true)),
        would -> would.getAuthority().getLiveCertificates() == 0,
        SOON);
    var _ = stub.revokeAuthority(change(before, false));
  }

  @Test
  @DisplayName(
      "XC-09 20 rotations under constant calls between two java-spiffe processes: 0 fail"
          + " afterwards loses nothing")
  void rotations() throws Exception {
    try (var story = Story.of("rotations under calls")) {
      var dev = story.opens("credence dev", () -> Dev.start(folder.resolve("dev")));
      var admin = story.opens("an administrator", dev::admin);
      var tool = JavaCopy.in(folder.resolve("tool"));
      var agent = JavaCopy.in(folder.resolve("agent"));
      admin.owner("finance");
      var agentId = admin.create(Admin.agent("finance", "bot", agent.selector())).getSpiffeId();
      var toolId = admin.create(Admin.agent("finance", "ledger", tool.selector())).getSpiffeId();
      var conversation =
          story.opens(
              "agent and tool with java-spiffe",
              () ->
                  Conversation.start(
                      dev.socket(),
                      new Conversation.Side(tool, toolId),
                      new Conversation.Side(agent, agentId)));
      Await.answer("calls", conversation::count, count -> count.calls() > 10, SOON);
      for (int i = 1; i <= ROTATIONS; i++) {
        story.step("rotation " + i, () -> rotate(admin));
      }
      var count = story.ask("the calls are counted", conversation::count);
      story.step(
          "none of " + count.calls() + " failed",
          () -> assertThat(count.failed()).as(count.first()).isZero());
      story.step(
          "one is active, all others are revoked, and their keys are gone",
          () -> {
            var all = authorities(admin);
            assertThat(all).hasSize(ROTATIONS + 1);
            assertThat(all.subList(0, ROTATIONS))
                .allMatch(authority -> authority.getState().equals("revoked"));
            assertThat(all.getLast().getState()).isEqualTo("active");
            try (var files = Files.walk(dev.folder())) {
              assertThat(files.map(file -> file.getFileName().toString()))
                  .filteredOn(name -> name.endsWith(".key"))
                  .filteredOn(name -> !List.of("node.key", "jwt-authority.key").contains(name))
                  .containsExactly(all.getLast().getId() + ".key");
            }
          });
    }
  }

  @Test
  @DisplayName(
      "a withdrawal that would cut off what lives is refused, then forced; the CLI says what hangs on it")
  void withdrawal() throws Exception {
    try (var story = Story.of("withdrawal")) {
      var dev = story.opens("credence dev", () -> Dev.start(folder.resolve("dev")));
      var admin = story.opens("an administrator", dev::admin);
      var java = JavaCopy.in(folder.resolve("agent"));
      admin.owner("finance");
      admin.create(Admin.agent("finance", "bot", java.selector()));
      var process = story.opens("a process", () -> Workload.start(java, dev.socket()));
      var before = story.ask("it fetches", () -> process.fetch().getFirst());
      var old = in(admin, "active").getId();
      story.step("prepare", () -> dev.credence("authority", "prepare", "--reason", "test").done());
      var next = in(admin, "prepared").getId();
      story.step(
          "activate --wait",
          () ->
              assertThat(dev.credence("authority", "activate", next, "--wait").done().out())
                  .contains("prepared -> active"));
      story.step(
          "revoke is refused and names what hangs on it",
          () ->
              dev.credence("authority", "revoke", old)
                  .refused(1, "2 live certificates hang on it", "execution " + before.execution()));
      story.step(
          "--dry-run changes nothing",
          () -> {
            assertThat(
                    dev.credence("authority", "revoke", old, "--dry-run", "-o", "json")
                        .done()
                        .out())
                .contains("\"dryRun\": true");
            assertThat(in(admin, "old").getId()).isEqualTo(old);
          });
      int mark = process.mark();
      story.step("taint", () -> dev.credence("authority", "taint", old).done());
      story.step(
          "the open stream has a new SVID",
          () ->
              process
                  .process()
                  .out()
                  .after(
                      mark,
                      "another serial in the same execution",
                      line ->
                          line.startsWith("message")
                              && !line.contains(before.serial())
                              && line.contains(before.execution()),
                      SOON));
      story.step(
          "forced, it is gone", () -> dev.credence("authority", "revoke", old, "--force").done());
      story.step(
          "the list says so",
          () ->
              assertThat(dev.credence("authority", "list").done().out())
                  .contains("revoked")
                  .contains("active"));
    }
  }
}
