package dev.credence.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.credence.e2e.client.Admin;
import dev.credence.e2e.client.Declares;
import dev.credence.e2e.client.RequestIds;
import dev.credence.e2e.program.Daemon;
import dev.credence.e2e.rig.Rig;
import dev.credence.e2e.story.Story;
import dev.credence.proto.admin.v1.ApplyOptions;
import dev.credence.proto.admin.v1.ApplyRequest;
import dev.credence.proto.admin.v1.ApplyResponse;
import dev.credence.proto.admin.v1.Declared;
import dev.credence.proto.admin.v1.ExpectedRevision;
import dev.credence.proto.common.v1.SubjectKind;
import dev.credence.proto.workload.X509SVIDResponse;
import dev.credence.server.store.CommitListener;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("declared sets under bad conditions")
class ApplyTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration DEATH = Duration.ofSeconds(60);
  private static final String NOBODY = "unix:uid:4000001";
  private static final int AGENTS = 300;

  @TempDir Path folder;

  private static List<Declared> set(int agents, String purpose, String selector) {
    List<Declared> all = new ArrayList<>(Declares.owner("fleet"));
    for (int i = 0; i < agents; i++) {
      all.add(Declares.agent("fleet", "bot-" + i, purpose, selector));
    }
    return all;
  }

  private static ApplyOptions.Builder options() {
    return ApplyOptions.newBuilder().setSet("fleet");
  }

  @Test
  @DisplayName("a node with an open stream never sees half of a set")
  void atomicAtTheNode() throws Exception {
    int uid = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    String self = "unix:uid:" + uid;
    try (var rig = Rig.start()) {
      var first = rig.agent("harbour", "first").forThisProcess();
      assertThat(first.getName()).isEqualTo("first");
      try (var stream = rig.workload().openX509Svids()) {
        assertThat(stream.next(0, SOON).getSvidsCount()).isEqualTo(1);
        var _ = Declares.apply(rig.admin(), options(), set(12, "", self));
        var _ = stream.messages().first("all 13 identities", it -> it.getSvidsCount() == 13, SOON);
        assertThat(stream.messages().all())
            .extracting(X509SVIDResponse::getSvidsCount)
            .containsOnly(1, 13);
        int mark = stream.messages().mark();
        var pruned = Declares.apply(rig.admin(), options().setPrune(true), Declares.owner("fleet"));
        assertThat(pruned.getSummary().getRetired()).isEqualTo(12);
        assertThat(pruned.getSummary().getExecutionsCount()).isEqualTo(12);
        var left =
            stream.messages().after(mark, "one identity", it -> it.getSvidsCount() == 1, SOON);
        assertThat(left.getSvids(0).getSpiffeId()).endsWith("/agent/harbour/first");
        assertThat(stream.messages().all().subList(mark, stream.messages().all().size()))
            .extracting(X509SVIDResponse::getSvidsCount)
            .containsOnly(1);
      }
    }
  }

  @Test
  @DisplayName("what comes out otherwise than planned, too much, or in the wrong form is refused")
  void refused() throws Exception {
    try (var rig = Rig.start()) {
      Admin admin = rig.admin();
      var planned =
          Declares.apply(admin, options().setDryRun(true), set(3, "", NOBODY)).getSummary();
      admin.owner("fleet");
      assertThatThrownBy(() ->
              Declares.apply(
                  admin,
                  options()
                      .setExpectedPlan(planned.getPlan())
                      .addExpectedRevisions(ExpectedRevision.newBuilder().setThing("owner fleet")),
                  set(3, "", NOBODY)))
          .hasMessageStartingWith(
              "FAILED_PRECONDITION: the plan is another one by now: changed meanwhile: owner"
                  + " fleet");
      assertThatThrownBy(() -> Declares.apply(admin, options(), set(4_999, "", NOBODY)))
          .hasMessageStartingWith("RESOURCE_EXHAUSTED: declarations: more than 5000");
      assertThatThrownBy(() -> Declares.Open.at(admin).answer())
          .hasMessageStartingWith("INVALID_ARGUMENT: options: none");
      var twice = ApplyRequest.newBuilder().setOptions(options().setRequestId(RequestIds.next()));
      assertThatThrownBy(() -> Declares.Open.at(admin).send(twice).send(twice).answer())
          .hasMessageStartingWith("INVALID_ARGUMENT: options: in the first message");
      assertThatThrownBy(() ->
              Declares.Open.at(admin)
                  .send(
                      ApplyRequest.newBuilder()
                          .setOptions(options().setRequestId(RequestIds.next()))
                          .addObjects(Declared.newBuilder().setPosition("x")))
                  .answer())
          .hasMessageContaining("without a thing");
      tooManyAtOnce(admin);
      assertThat(admin.subjects(SubjectKind.SUBJECT_KIND_AGENT)).isEmpty();
    }
  }

  private static void tooManyAtOnce(Admin admin) throws InterruptedException {
    var open = new ArrayList<Declares.Open>();
    var first = ApplyRequest.newBuilder().setOptions(options().setRequestId(RequestIds.next()));
    for (int i = 0; i < 4; i++) {
      open.add(Declares.Open.at(admin).send(first));
    }
    // The four are known at the server when a fifth is refused; until then it may be let in.
    String refusal = "";
    while (!refusal.startsWith("RESOURCE_EXHAUSTED")) {
      refusal = refusalOf(Declares.Open.at(admin));
    }
    assertThat(refusal).contains("sets being sent at once: more than 4");
    open.forEach(Declares.Open::cancel);
    while (refusal.startsWith("RESOURCE_EXHAUSTED")) {
      refusal = refusalOf(Declares.Open.at(admin));
    }
    assertThat(refusal).startsWith("INVALID_ARGUMENT");
  }

  private static String refusalOf(Declares.Open open) throws InterruptedException {
    try {
      return open.answer().toString();
    } catch (StatusRuntimeException e) {
      return String.valueOf(e.getMessage());
    }
  }

  static Stream<String> points() {
    return Stream.concat(
        Arrays.stream(CommitListener.Point.values()).map(Enum::name),
        Stream.of(CrashingServer.ANYWHERE, CrashingServer.ANYWHERE, CrashingServer.ANYWHERE));
  }

  @ParameterizedTest(name = "at {0}")
  @MethodSource("points")
  @DisplayName(
      "kill -9 in the middle of apply: everything or nothing; the same request again: made")
  void killed(String point) throws Exception {
    int seed = new SecureRandom().nextInt(1_000_000);
    ByteString request = RequestIds.next();
    try (var story = Story.of("kill -9 of apply at " + point + ", seed " + seed)) {
      Path config = config();
      var victim = story.opens("a server that will die", () -> CrashingServer.start(config));
      story.step(
          "the bomb is set, and a set is applied until it is dead",
          () -> {
            try (var admin = Admin.at(folder.resolve("admin.sock"))) {
              boolean anywhere = point.equals(CrashingServer.ANYWHERE);
              String bomb =
                  anywhere ? point + " " + new Random(seed).nextInt(1, 400_000) : point + " 1";
              victim.say(bomb);
              var _ = applyUntilOver(admin, request);
              while (victim.isAlive()) {
                // Other requests: the bomb may lie behind the first one.
                var _ = applyUntilOver(admin, RequestIds.next());
              }
            }
          });
      story.step(
          "it died of SIGKILL",
          () -> assertThat(victim.exit(DEATH)).as(victim.log()).isEqualTo(137));
      var _ =
          story.opens(
              "the server starts again on the same folder", () -> Daemon.ready("server", config));
      var admin = story.opens("administrator", () -> Admin.at(folder.resolve("admin.sock")));
      story.step(
          "everything is there, or nothing",
          () -> {
            int agents = admin.subjects(SubjectKind.SUBJECT_KIND_AGENT).size();
            assertThat(agents).isIn(0, AGENTS);
            assertThat(admin.owners()).hasSize(agents == 0 ? 0 : 1);
          });
      story.step(
          "the same request again: it is made, once",
          () -> {
            var again = applied(admin, request);
            assertThat(again.getSummary().getDone()).isTrue();
            assertThat(admin.subjects(SubjectKind.SUBJECT_KIND_AGENT)).hasSize(AGENTS);
            assertThat(admin.events().stream().filter(it -> it.getKind().equals("agent-created")))
                .hasSize(AGENTS);
          });
    }
  }

  private static String applyUntilOver(Admin admin, ByteString request)
      throws InterruptedException {
    try {
      return applied(admin, request).toString();
    } catch (StatusRuntimeException e) {
      return e.toString();
    }
  }

  private static ApplyResponse applied(Admin admin, ByteString request)
      throws InterruptedException {
    return Declares.apply(admin, options().setRequestId(request), set(AGENTS, "", NOBODY));
  }

  private Path config() throws IOException {
    var config = Daemon.serverConfig(folder);
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Files.writeString(
          config,
          Files.readString(config).replace("127.0.0.1:0", "127.0.0.1:" + free.getLocalPort()));
    }
    return config;
  }
}
