package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.client.Admin;
import dev.credence.e2e.client.Ends;
import dev.credence.e2e.program.Dev;
import dev.credence.e2e.program.JavaCopy;
import dev.credence.e2e.program.Workload;
import dev.credence.e2e.story.Await;
import dev.credence.e2e.story.Story;
import dev.credence.e2e.workload.Seen;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("a node out of service, and what a CRL says, through the built programs")
class NodeServiceStoryTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir static Path folder;
  private static Dev dev;
  private static Admin admin;
  private static JavaCopy agent;

  @BeforeAll
  static void start() throws Exception {
    dev = Dev.start(folder.resolve("dev"));
    admin = dev.admin();
    agent = JavaCopy.in(folder.resolve("agent"));
    admin.owner("finance");
    admin.create(Admin.agent("finance", "invoice-bot", agent.selector()));
  }

  @AfterAll
  static void stop() throws Exception {
    admin.close();
    dev.close();
  }

  @Test
  @DisplayName("a revoked certificate is on the CRL, which openssl verifies")
  void crl() throws Exception {
    try (var story = Story.of("a CRL")) {
      var process = story.opens("an agent process", () -> Workload.start(agent, dev.socket()));
      var svid = story.ask("it fetches", () -> process.fetch().getFirst());
      var bundle = folder.resolve("bundle.pem");
      Files.writeString(bundle, dev.credence("bundle", "show").done().out());
      var before = story.ask("the CRL", () -> openssl(fetched(), bundle));
      story.step(
          "is signed by the authority, and has nothing of this one",
          () -> assertThat(squeezed(before)).contains("verifyok").doesNotContain(svid.serial()));
      story.step("the execution is revoked", () -> new Ends(admin).revoke(svid.execution()));
      var after = story.ask("the CRL", () -> openssl(fetched(), bundle));
      story.step(
          "has its serial", () -> assertThat(squeezed(after)).contains("verifyok", svid.serial()));
      story.step("the bar is lifted", () -> new Ends(admin).unbar(svid.execution()));
    }
  }

  private static String squeezed(String text) {
    return text.replaceAll("[:\\s]", "").toLowerCase(Locale.ROOT);
  }

  private static byte[] fetched() throws Exception {
    var authority =
        admin.events().stream()
            .filter(it -> it.getKind().equals("authority-created"))
            .map(it -> it.getDetailsMap().get("authority"))
            .findFirst()
            .orElseThrow();
    var log = Files.readString(dev.folder().resolve("server.log"));
    var address = Pattern.compile("crl=\"?([0-9.]+:[0-9]+)").matcher(log);
    assertThat(address.find()).as("the log names where the CRL is").isTrue();
    try (var http = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(
                  URI.create("http://" + address.group(1) + "/crl/" + authority + ".crl"))
              .timeout(Duration.ofSeconds(60));
      var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("cache-control")).contains("public, max-age=60");
      assertThat(answer.headers().firstValue("content-type")).contains("application/pkix-crl");
      return answer.body();
    }
  }

  private static String openssl(byte[] crl, Path bundle) throws Exception {
    var file = Files.write(folder.resolve("crl.der"), crl);
    var process =
        new ProcessBuilder(
                "openssl",
                "crl",
                "-inform",
                "DER",
                "-in",
                file.toString(),
                "-CAfile",
                bundle.toString(),
                "-noout",
                "-text")
            .redirectErrorStream(true)
            .start();
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return text;
  }

  @Test
  @DisplayName("suspended: nothing is served; resumed: new executions")
  void suspended() throws Exception {
    try (var story = Story.of("a node is suspended, and taken back")) {
      var node = admin.nodes().getFirst().getId();
      var process = story.opens("an agent process", () -> Workload.start(agent, dev.socket()));
      var svid = story.ask("it fetches", () -> process.fetch().getFirst());
      int mark = process.mark();
      long asked = System.nanoTime();
      story.step(
          "node suspend",
          () ->
              assertThat(
                      dev.credence("node", "suspend", node, "--reason", "looking into it")
                          .done()
                          .out())
                  .contains("suspended"));
      story.step(
          "its stream closes",
          () ->
              assertThat(process.closed(mark, SOON))
                  .startsWith("PERMISSION_DENIED no identity issued"));
      story.measured(
          "start of `node suspend` (a new JVM) → stream closed",
          Duration.ofNanos(System.nanoTime() - asked));
      story.step(
          "the execution ended for that reason",
          () ->
              assertThat(admin.execution(svid.execution()).getEndReason())
                  .isEqualTo("node-suspended"));
      story.step(
          "nobody is served there",
          () -> assertThat(process.refused()).startsWith("PERMISSION_DENIED no identity issued"));
      story.step("node resume", () -> dev.credence("node", "resume", node).done());
      var again =
          story.ask(
              "the node comes back, and the process is served",
              () ->
                  Await.answer(
                      "an identity", () -> served(process), seen -> seen.isPresent(), SOON));
      story.step(
          "by another execution",
          () -> assertThat(again.orElseThrow().execution()).isNotEqualTo(svid.execution()));
    }
  }

  private static Optional<Seen> served(Workload process) throws Exception {
    try {
      return Optional.of(process.fetch().getFirst());
    } catch (AssertionError refused) {
      return Optional.empty();
    }
  }
}
