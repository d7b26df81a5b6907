package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.client.Admin;
import dev.credence.e2e.program.Dev;
import dev.credence.e2e.program.JavaCopy;
import dev.credence.e2e.program.Program;
import dev.credence.e2e.program.TcpListeners;
import dev.credence.e2e.program.Workload;
import dev.credence.e2e.story.Await;
import dev.credence.e2e.story.Story;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("credence dev")
class DevStoryTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  @DisplayName(
      "serves, stops on both signals with both children, keeps its data, and executions go on after"
          + " a restart under a new key")
  void life() throws Exception {
    var data = folder.resolve("dev");
    try (var story = Story.of("the life of a credence dev")) {
      var first = story.opens("dev is ready", () -> Dev.start(data));
      story.step(
          "`ready` stands on a line of its own",
          () -> assertThat(first.process().out().all()).contains("ready"));
      story.step("DIR/env exports both sockets", () -> exports(first));
      story.step("server and node are two processes", () -> assertThat(daemons(first)).hasSize(2));
      story.step(
          "EP-16: nobody outside this machine can reach them",
          () -> {
            for (var daemon : daemons(first)) {
              assertThat(TcpListeners.reachable(daemon)).isEmpty();
            }
          });
      var java =
          story.ask(
              "a program with an executable of its own",
              () -> JavaCopy.in(folder.resolve("agent")));
      story.step(
          "an owner", () -> first.credence("owner", "create", "finance", "--human", "ada").done());
      story.step(
          "an agent without node selectors: any node, since it is dev",
          () ->
              first
                  .credence(
                      "agent",
                      "create",
                      "invoice-bot",
                      "--owner",
                      "finance",
                      "--selector",
                      java.selector())
                  .done());

      var workload =
          story.opens("a process of it starts", () -> Workload.start(java, first.socket()));
      var before = story.ask("it fetches its SVID", () -> workload.fetch().getFirst());
      story.step("another dev in the same folder is refused", () -> sameFolder(data));

      var daemons = daemons(first);
      int mark = workload.mark();
      story.step("SIGINT: exit 0", () -> assertThat(first.stop("INT")).as(first.log()).isZero());
      story.step(
          "both children are gone", () -> assertThat(daemons).noneMatch(ProcessHandle::isAlive));
      story.step(
          "the open stream ended as unavailable",
          () -> assertThat(workload.closed(mark, SOON)).startsWith("UNAVAILABLE"));

      var second = story.opens("dev starts again in the same folder", () -> Dev.start(data));
      story.step(
          "what was created is there",
          () -> second.credence("agent", "show", "finance/invoice-bot").done());
      var after = story.ask("the same process fetches again", () -> workload.fetch().getFirst());
      story.step(
          "its execution goes on, under a new key and serial",
          () -> {
            assertThat(after.execution()).isEqualTo(before.execution());
            assertThat(after.keyDigest()).isNotEqualTo(before.keyDigest());
            assertThat(after.serial()).isNotEqualTo(before.serial());
          });

      var others = daemons(second);
      story.step(
          "SIGTERM: exit 0", () -> assertThat(second.stop("TERM")).as(second.log()).isZero());
      story.step(
          "both children are gone", () -> assertThat(others).noneMatch(ProcessHandle::isAlive));
      story.step("the process exits while nobody looks", workload::exit);

      var third = story.opens("dev starts a third time", () -> Dev.start(data));
      story.step(
          "the execution of the dead process has ended", () -> settled(third, before.execution()));
    }
  }

  @Test
  @DisplayName(
      "two run side by side, each with its own trust domain; a folder whose path is too long for"
          + " sockets still works")
  void sideBySide() throws Exception {
    try (var story = Story.of("two devs")) {
      var one =
          story.opens(
              "one dev", () -> Dev.start(folder.resolve("one"), "--trust-domain", "one.example"));
      var deep = folder.resolve("a-folder-with-a-long-name/".repeat(6));
      var two =
          story.opens(
              "another one, in a very deep folder",
              () -> Dev.start(deep, "--trust-domain", "two.example"));
      story.step(
          "each has its trust domain",
          () -> {
            assertThat(one.credence("bundle", "show", "-o", "jwks").done().out())
                .contains("x509-svid");
            try (var first = one.admin();
                var second = two.admin()) {
              assertThat(first.server().getTrustDomain()).isEqualTo("one.example");
              assertThat(second.server().getTrustDomain()).isEqualTo("two.example");
              assertThat(first.server().getAddress()).isNotEqualTo(second.server().getAddress());
            }
          });
    }
  }

  private static java.util.List<ProcessHandle> daemons(Dev dev) {
    return dev.children().stream().filter(ProcessHandle::isAlive).toList();
  }

  private static void exports(Dev dev) {
    assertThat(dev.environment())
        .containsOnlyKeys("SPIFFE_ENDPOINT_SOCKET", "CREDENCE_ADMIN_SOCKET");
    assertThat(dev.socket()).matches(Files::exists, "the Workload API socket is there");
    assertThat(dev.adminSocket()).matches(Files::exists, "the administrator's socket is there");
  }

  private static void sameFolder(Path data) throws Exception {
    Program.credence().run("dev", "--dir", data.toString()).refused(1, data.toString(), "in use");
  }

  private static void settled(Dev dev, String execution) throws Exception {
    try (Admin admin = dev.admin()) {
      var ended =
          Await.answer(
              "ended execution", () -> admin.execution(execution), it -> it.hasEndedAt(), SOON);
      assertThat(ended.getEndReason()).isEqualTo("node-restarted");
    }
  }
}
