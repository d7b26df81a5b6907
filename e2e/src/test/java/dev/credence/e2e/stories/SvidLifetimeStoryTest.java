package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.client.Admin;
import dev.credence.e2e.program.Daemon;
import dev.credence.e2e.program.Program;
import dev.credence.e2e.story.Await;
import dev.credence.e2e.story.Story;
import dev.credence.proto.admin.v1.Execution;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("lifetime svid: files that outlive the process that wrote them")
class SvidLifetimeStoryTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  // A minute of validity, and the server looks each 10 seconds.
  private static final Duration EXPIRED = Duration.ofMinutes(2);

  @TempDir Path folder;

  @Test
  @DisplayName(
      "the writer exits, the execution stays until its SVID's end; revoke ends it at once, and the CRL lists it")
  void story() throws Exception {
    int crl = freePort();
    try (var story = Story.of("an SVID in files, without its process")) {
      var server =
          story.opens(
              "a server with CRLs",
              () ->
                  Daemon.ready(
                      "server",
                      Daemon.serverConfig(
                          folder.resolve("server"),
                          "dev: true",
                          "crl:",
                          "  listen: 127.0.0.1:" + crl,
                          "  url: http://127.0.0.1:" + crl + "/crl")));
      var admin =
          story.opens("an administrator", () -> Admin.at(folder.resolve("server/admin.sock")));
      var config =
          Daemon.nodeConfig(
              folder.resolve("node"), Daemon.said(server, "listen"), admin.joinToken());
      var node = story.opens("a node", () -> Daemon.ready("node", config));
      var credence =
          Program.credence()
              .with(
                  Map.of(
                      "SPIFFE_ENDPOINT_SOCKET",
                      "unix://" + folder.resolve("node/api.sock"),
                      "CREDENCE_ADMIN_SOCKET",
                      folder.resolve("server/admin.sock").toString()));
      story.step(
          "a service that says lifetime svid",
          () -> {
            admin.owner("shop");
            var said =
                credence
                    .run(
                        "service",
                        "create",
                        "web",
                        "--owner",
                        "shop",
                        "--selector",
                        "unix:uid:" + uid(),
                        "--ttl",
                        "10m",
                        "--lifetime",
                        "svid")
                    .done()
                    .out();
            assertThat(said).contains("their SVID, whatever becomes of the process");
          });
      var first =
          story.ask("svid write writes files, and is stopped", () -> write(admin, credence, "a"));
      story.step(
          "its execution goes on without it, and is shown as such",
          () -> {
            detached(admin, first);
            assertThat(credence.run("execution", "list").done().out())
                .contains(first, "svid (process gone)");
            assertThat(credence.run("execution", "show", first).done().out())
                .contains("no, it is running", "Process gone since");
          });
      var second = story.ask("svid write, once more", () -> write(admin, credence, "b"));
      story.step(
          "another process, another execution",
          () -> {
            assertThat(second).isNotEqualTo(first);
            detached(admin, second);
          });
      story.step(
          "the node restarts: nothing changes",
          () -> {
            node.signal("TERM");
            assertThat(node.exit(SOON)).isZero();
          });
      story.opens("the node, again", () -> Daemon.ready("node", config));
      story.step(
          "both run on",
          () -> {
            detached(admin, first);
            detached(admin, second);
          });
      story.step("openssl finds the first SVID in order", () -> verified("a", "svid.pem: OK"));
      story.step(
          "execution revoke: ended at once, although there is no process to stop",
          () -> {
            credence.run("execution", "revoke", first, "--reason", "stolen").done();
            assertThat(admin.execution(first).getEndReason()).isEqualTo("revoked: stolen");
          });
      story.step("the CRL lists it", () -> verified("a", "certificate revoked"));
      story.step(
          "the bar ended the other one of the same service on this node, too",
          () -> assertThat(admin.execution(second).hasEndedAt()).isTrue());
      story.step(
          "it is allowed again, with SVIDs of a minute",
          () -> {
            credence.run("execution", "unbar", first).done();
            credence.run("service", "update", "shop/web", "--ttl", "1m").done();
          });
      var third = story.ask("svid write, a third time", () -> write(admin, credence, "c"));
      story.step(
          "left alone, it ends with its SVID",
          () -> {
            var ended =
                Await.answer(
                    "the end of " + third,
                    () -> admin.execution(third),
                    Execution::hasEndedAt,
                    EXPIRED);
            assertThat(ended.getEndReason()).isEqualTo("svid-expired");
            assertThat(ended.getEndedAt().getSeconds())
                .isGreaterThanOrEqualTo(ended.getSvidNotAfter().getSeconds());
          });
    }
  }

  /// Runs `svid write` until the files are there, and stops it. The execution that it had.
  private String write(Admin admin, Program credence, String name) throws Exception {
    try (var writer = credence.start("svid", "write", "--dir", folder.resolve(name).toString())) {
      writer.line(".*service/shop/web in .*", SOON);
      var execution =
          admin.executions(false).stream()
              .filter(it -> it.getProcess().getMark().getPid() == writer.pid())
              .map(Execution::getId)
              .findFirst();
      writer.signal("TERM");
      assertThat(writer.exit(SOON)).isZero();
      return execution.orElseThrow();
    }
  }

  private static void detached(Admin admin, String execution) throws Exception {
    var shown =
        Await.answer(
            execution + " without its process",
            () -> admin.execution(execution),
            Execution::hasDetachedAt,
            SOON);
    assertThat(shown.hasEndedAt()).isFalse();
  }

  private void verified(String name, String expected) throws Exception {
    var files = folder.resolve(name);
    var process =
        new ProcessBuilder(
                "openssl",
                "verify",
                "-crl_check",
                "-crl_download",
                "-CAfile",
                files.resolve("bundle.pem").toString(),
                files.resolve("svid.pem").toString())
            .redirectErrorStream(true)
            .start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(said).isTrue();
    assertThat(said).contains(expected);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Object uid() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }
}
