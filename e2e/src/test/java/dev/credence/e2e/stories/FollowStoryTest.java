package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.JsonFormat;
import dev.credence.cli.InProcess;
import dev.credence.e2e.client.RequestIds;
import dev.credence.e2e.rig.Rig;
import dev.credence.e2e.rig.TestClock;
import dev.credence.e2e.story.Story;
import dev.credence.proto.admin.v1.AdministratorsGrpc;
import dev.credence.proto.admin.v1.EnrollAdministratorRequest;
import dev.credence.proto.admin.v1.Event;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("event list --follow, over the end of the administrator's SVID that opened the stream")
class FollowStoryTest {
  private static final Duration LIFE = Duration.ofMinutes(5);
  // The server looks again after at most what was left.
  private static final Duration LEFT = Duration.ofSeconds(1);
  private static final long SOON = 60;

  @TempDir Path home;
  private Rig rig;
  private TestClock clock;
  private InProcess laptop;

  /// The laptop's clock stands still, so that it takes its SVID for fresh and does not renew it by
  /// itself: only what the server says counts here.
  @BeforeEach
  void start() throws Exception {
    rig = Rig.start();
    clock = new TestClock(rig.clock().instant());
    laptop = new InProcess(environment(), clock);
    var token = Files.writeString(home.resolve("token"), token());
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    done(laptop.run("admin", "login", "--profile", "rig", "--token-file", token.toString()));
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  private Map<String, String> environment() {
    return Map.of("XDG_CONFIG_HOME", home.toString(), "CREDENCE_PROFILE", "rig");
  }

  private String token() {
    return rig.admin()
        .call(AdministratorsGrpc::newBlockingStub)
        .enrollAdministrator(
            EnrollAdministratorRequest.newBuilder()
                .setRequestId(RequestIds.next())
                .setName("ann")
                .setRole("auditor")
                .setSvidTtl(Durations.fromSeconds(LIFE.toSeconds()))
                .build())
        .getToken();
  }

  private static void done(InProcess.Outcome outcome) {
    assertThat(outcome.code()).as(outcome.err()).isZero();
  }

  private InProcess.Going follow() {
    return laptop.start("event", "list", "--follow", "--kind", "owner-created", "-o", "json");
  }

  private static String owner(InProcess.Going follow) throws Exception {
    var line = follow.lines().poll(SOON, TimeUnit.SECONDS);
    assertThat(line).as("an event").isNotNull();
    var event = Event.newBuilder();
    JsonFormat.parser().merge(line, event);
    return event.getDetailsOrDefault("name", "");
  }

  @Test
  @DisplayName("renewed meanwhile: it goes on where it was, and no event comes twice or not at all")
  void renewed() throws Exception {
    rig.admin().owner("before");
    rig.clock().advance(LIFE.minus(LEFT));
    try (var story = Story.of("an auditor follows the events for longer than its SVID lives")) {
      var follow = story.ask("it follows, when its SVID is about to end", this::follow);
      story.step("it sees what was", () -> assertThat(owner(follow)).isEqualTo("before"));
      story.step(
          "the SVID is renewed by another command, and the laptop's clock is put right",
          () -> {
            done(new InProcess(environment(), rig.clock()).run("admin", "renew"));
            clock.advance(LIFE.minus(LEFT));
          });
      story.step(
          "the SVID that opened the stream ends; what happens then is seen, once",
          () -> {
            rig.clock().advance(LEFT.plusSeconds(1));
            rig.admin().owner("between");
            assertThat(owner(follow)).isEqualTo("between");
            rig.admin().owner("after");
            assertThat(owner(follow)).isEqualTo("after");
            assertThat(follow.outcome()).isNotDone();
          });
    }
  }

  @Test
  @DisplayName("not renewed: it ends with one line that says what to do")
  void notRenewed() throws Exception {
    rig.admin().owner("before");
    rig.clock().advance(LIFE.minus(LEFT));
    try (var story = Story.of("an auditor's SVID ends while it follows the events")) {
      var follow = story.ask("it follows", this::follow);
      story.step("it sees what was", () -> assertThat(owner(follow)).isEqualTo("before"));
      story.step(
          "the SVID ends, and with it the command",
          () -> {
            rig.clock().advance(LEFT.plusSeconds(1));
            var outcome = follow.outcome().get(SOON, TimeUnit.SECONDS);
            assertThat(outcome.code()).isEqualTo(1);
            assertThat(outcome.err())
                .hasLineCount(1)
                .contains("the SVID that this stream was opened with expired at")
                .contains("credence admin renew");
          });
    }
  }
}
