package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.credence.e2e.client.Admin;
import dev.credence.e2e.client.Backups;
import dev.credence.e2e.client.FirstContact;
import dev.credence.e2e.client.Keys;
import dev.credence.e2e.client.RequestIds;
import dev.credence.e2e.rig.Rig;
import dev.credence.e2e.story.Story;
import dev.credence.proto.admin.v1.ChangeOptions;
import dev.credence.proto.admin.v1.EndsGrpc;
import dev.credence.proto.admin.v1.Event;
import dev.credence.proto.admin.v1.GetServerStatusRequest;
import dev.credence.proto.admin.v1.NodeDecisionRequest;
import dev.credence.proto.admin.v1.ServerCareGrpc;
import dev.credence.proto.admin.v1.SubjectLifeGrpc;
import dev.credence.proto.admin.v1.SubjectLifeRequest;
import dev.credence.proto.common.v1.SubjectKind;
import dev.credence.server.app.ServerMain;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A server is restored from a backup")
class RestoreStoryTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @Test
  @DisplayName("node and agent come back by themselves; what was forbidden since stays forbidden")
  void restored() throws Exception {
    try (var rig = Rig.start();
        var story = Story.of("restore from a backup")) {
      var admin = rig.admin();
      rig.agent("finance", "invoice-bot").forThisProcess();
      admin.create(Admin.agent("finance", "gone-bot", "unix:uid:4000002"));
      var banned = story.opens("a node that will be banned", rig::lyingNode);
      var stream = story.opens("an agent's stream", () -> rig.workload().openX509Svids());
      var before = story.ask("its SVID", () -> stream.next(0, SOON).getSvids(0).getX509Svid());
      var execution = admin.executions(false).getFirst().getId();
      var unused = rig.contact();

      var epoch = epoch(admin);
      Path file = story.ask("a backup", () -> Backups.take(admin, rig.file("backup")));
      story.step(
          "afterwards: a ban, a retirement, a token redeemed, a new agent",
          () -> {
            ban(admin, banned.id());
            retire(admin, "gone-bot");
            unused.attest(RequestIds.next(), Keys.request());
            admin.create(Admin.agent("finance", "later-bot", "unix:uid:4000003"));
          });
      var neverRedeemed = rig.contact();
      var seen = admin.events();

      story.step("the server stops", rig::stopServer);
      story.step("restore", () -> restore(rig, file));
      story.step("the server starts", rig::restartServer);

      var restored = story.ask("an event says so", () -> only(admin, "server-restored"));
      assertThat(restored.getDetailsMap())
          .containsEntry("later-bans", "taken-over")
          .containsEntry("events-skipped", "0");
      story.step(
          "the events go on without a gap, and none that was seen is another one now",
          () -> assertThat(admin.events().subList(0, seen.size())).isEqualTo(seen));
      story.step("no gap", () -> contiguous(admin));
      story.step("another epoch", () -> assertThat(epoch(admin)).isNotEqualTo(epoch));
      story.step(
          "the execution has ended with a reason of its own",
          () -> assertThat(admin.execution(execution).getEndReason()).isEqualTo("server-restored"));
      var after =
          story.ask(
              "the node comes back by itself, the agent gets a new identity",
              () -> fresh(rig, before));
      assertThat(after).isNotEqualTo(before);
      story.step(
          "in a new execution",
          () ->
              assertThat(admin.executions(false))
                  .extracting(it -> it.getId())
                  .hasSize(1)
                  .doesNotContain(execution));
      story.step(
          "the ban that came after the backup holds",
          () -> assertThat(state(admin, banned.id())).isEqualTo("banned"));
      story.step("the retired name stays retired", () -> refusedName(admin, "gone-bot"));
      story.step(
          "tokens are void, whether they were redeemed or not",
          () -> {
            denied(unused);
            denied(neverRedeemed);
          });
      story.step(
          "the agent that came later is there, suspended",
          () ->
              assertThat(
                      admin.subjects(SubjectKind.SUBJECT_KIND_AGENT).stream()
                          .filter(it -> it.getName().equals("later-bot"))
                          .map(it -> it.getState()))
                  .containsExactly("suspended"));
      story.step(
          "so is the node that joined later",
          () ->
              assertThat(admin.nodes()).extracting(node -> node.getState()).contains("suspended"));
    }
  }

  @Test
  @DisplayName(
      "without the replaced database it is refused, unless that is wanted; no number again")
  void withoutLater() throws Exception {
    try (var rig = Rig.start();
        var story = Story.of("restore where the old database is lost")) {
      var admin = rig.admin();
      rig.agent("finance", "invoice-bot").forThisProcess();
      var before = rig.workload().fetchX509Svid().getX509Svid();
      Path file = story.ask("a backup", () -> Backups.take(admin, rig.file("backup")));
      admin.owner("later");
      var highest = admin.events().getLast().getNumber();
      rig.stopServer();
      story.step("the database is damaged", () -> Files.write(database(rig), new byte[] {1, 2, 3}));
      story.step("restore, later bans given up", () -> restore(rig, file, "--without-later-bans"));
      story.step("the server starts", rig::restartServer);
      var numbers = admin.events().stream().map(Event::getNumber).toList();
      var restored = only(admin, "server-restored");
      story.step(
          "no number that was seen is given again, and the event says how many are left out",
          () -> {
            assertThat(restored.getNumber()).isGreaterThan(highest + 100_000);
            var last = numbers.get(numbers.indexOf(restored.getNumber()) - 1);
            assertThat(restored.getNumber() - last - 1)
                .isEqualTo(Long.parseLong(restored.getDetailsOrThrow("events-skipped")));
          });
      story.step("the agent comes back", () -> fresh(rig, before));
      story.step(
          "the old file is kept beside it",
          () -> {
            try (var files = Files.list(database(rig).getParent())) {
              assertThat(files.map(it -> it.getFileName().toString()))
                  .anyMatch(name -> name.contains(".replaced-"))
                  .noneMatch(name -> name.endsWith(".copy") || name.contains("restoring"));
            }
          });
    }
  }

  private static Path database(Rig rig) throws Exception {
    try (var files = Files.list(rig.file("server"))) {
      return files.filter(it -> it.toString().endsWith(".db")).findFirst().orElseThrow();
    }
  }

  private static void restore(Rig rig, Path file, String... more) {
    var arguments =
        new ArrayList<>(
            List.of("restore", file.toString(), "--config", rig.serverConfig().toString()));
    arguments.addAll(List.of(more));
    ServerMain.main(arguments.toArray(String[]::new));
  }

  /// An SVID that is not that one; asked for until the node is in step again.
  private static ByteString fresh(Rig rig, ByteString old) throws Exception {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (System.nanoTime() < deadline) {
      rig.clock().advance(Duration.ofSeconds(1)); // the node waits between its attempts
      try (var stream = rig.workload().openX509Svids()) {
        var message = stream.next(0, Duration.ofSeconds(2));
        if (!message.getSvids(0).getX509Svid().equals(old)) {
          return message.getSvids(0).getX509Svid();
        }
        stream.next(1, Duration.ofSeconds(2));
      } catch (AssertionError e) {
        // not yet: the stream ended or has nothing new
      }
    }
    throw new AssertionError("no new SVID within " + SOON);
  }

  private static ByteString epoch(Admin admin) {
    return admin
        .call(ServerCareGrpc::newBlockingStub)
        .getServerStatus(GetServerStatusRequest.getDefaultInstance())
        .getEpoch();
  }

  private static Event only(Admin admin, String kind) {
    var found = admin.events().stream().filter(it -> it.getKind().equals(kind)).toList();
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  private static void contiguous(Admin admin) {
    var numbers = admin.events().stream().map(Event::getNumber).toList();
    assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
  }

  private static String state(Admin admin, String node) {
    return admin.nodes().stream()
        .filter(it -> it.getId().equals(node))
        .findFirst()
        .orElseThrow()
        .getState();
  }

  private static void ban(Admin admin, String node) {
    var _ =
        admin
            .call(EndsGrpc::newBlockingStub)
            .banNode(
                NodeDecisionRequest.newBuilder()
                    .setRequestId(RequestIds.next())
                    .setNodeId(node)
                    .build());
  }

  private static void retire(Admin admin, String agent) {
    var _ =
        admin
            .call(SubjectLifeGrpc::newBlockingStub)
            .retireSubject(
                SubjectLifeRequest.newBuilder()
                    .setOptions(ChangeOptions.newBuilder().setRequestId(RequestIds.next()))
                    .setKind(SubjectKind.SUBJECT_KIND_AGENT)
                    .setReference(agent)
                    .build());
  }

  private static void refusedName(Admin admin, String name) {
    assertThatThrownBy(() -> admin.create(Admin.agent("finance", name, "unix:uid:4000002")))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isNotEqualTo(Code.UNAVAILABLE));
  }

  private static void denied(FirstContact contact) {
    assertThatThrownBy(() -> contact.attest(RequestIds.next(), Keys.request()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.PERMISSION_DENIED));
  }
}
