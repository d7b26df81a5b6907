package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.e2e.program.Dev;
import dev.credence.e2e.program.Program;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Await;
import dev.credence.e2e.story.Story;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("nginx, which knows no SPIFFE, as a service with an SVID in files")
class NginxStoryTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration RENEWED = Duration.ofSeconds(70);
  private static final Path NGINX = Path.of("/usr/sbin/nginx");
  private static final Pattern SERIAL = Pattern.compile("serial=([0-9A-F]+)");

  @TempDir Path folder;

  @Test
  @DisplayName("mTLS with files that are written and renewed by `credence svid write`")
  void story() throws Exception {
    assumeTrue(Files.isExecutable(NGINX), NGINX + " is not installed");
    int port = freePort();
    Path files = folder.resolve("svid");
    Path configuration = Files.writeString(folder.resolve("nginx.conf"), configuration(port));
    try (var story = Story.of("nginx as an mTLS service");
        var dev = story.opens("credence dev", () -> Dev.start(folder.resolve("dev")))) {
      story.step(
          "an owner, and a service whose SVIDs live a minute",
          () -> {
            dev.credence("owner", "create", "shop", "--human", "ann").done();
            dev.credence(
                    "service",
                    "create",
                    "web",
                    "--owner",
                    "shop",
                    "--selector",
                    "unix:uid:" + uid(),
                    "--ttl",
                    "1m",
                    "--dns",
                    "localhost")
                .done();
          });
      var writer =
          story.opens(
              "svid write, which tells nginx at each renewal",
              () ->
                  Program.credence()
                      .with(dev.environment())
                      .start(
                          "svid",
                          "write",
                          "--dir",
                          files.toString(),
                          "--on-renew",
                          "test ! -s %s/nginx.pid || %s -c %s -s reload"
                              .formatted(folder, NGINX, configuration)));
      story.step("the first SVID is there", () -> writer.line(".*service/shop/web in .*", SOON));
      int first = writer.out().all().size();
      story.opens(
          "nginx",
          () ->
              Running.start(
                  "nginx",
                  List.of(NGINX.toString(), "-c", configuration.toString()),
                  Map.of(),
                  folder));
      Path client = folder.resolve("client");
      story.step(
          "a client with an SVID of its own is let in, and nginx says who it is",
          () -> {
            dev.credence("svid", "fetch", "--write", client.toString()).done();
            var said =
                Await.answer(
                    "nginx's answer",
                    () -> request(port, client),
                    it -> it.contains("200 OK"),
                    SOON);
            assertThat(said).contains("CN=web,O=shop");
          });
      story.step(
          "a client without one is not",
          () -> assertThat(request(port, null)).contains("400 Bad Request", "No required SSL"));
      String before = serial(port, client);
      story.step(
          "the SVID is renewed at half its life, and nginx shows the new one",
          () -> {
            writer.line(first, ".*service/shop/web in .*", RENEWED);
            Await.answer(
                "another serial", () -> serial(port, client), it -> !it.equals(before), SOON);
          });
      story.step(
          "SIGTERM ends it in order; the files stay",
          () -> {
            writer.signal("TERM");
            assertThat(writer.exit(SOON)).isZero();
            assertThat(writer.err().all()).noneMatch(line -> line.startsWith("credence:"));
            assertThat(files.resolve("key.pem")).exists();
          });
    }
  }

  private String configuration(int port) {
    var temporary = new StringBuilder();
    for (var kind : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
      temporary.append(kind).append("_temp_path ").append(folder).append("/tmp;\n");
    }
    return """
    daemon off;
    pid %1$s/nginx.pid;
    error_log stderr;
    events {}
    http {
      access_log off;
      %3$s
      server {
        listen 127.0.0.1:%2$d ssl;
        ssl_certificate %1$s/svid/svid.pem;
        ssl_certificate_key %1$s/svid/key.pem;
        ssl_client_certificate %1$s/svid/bundle.pem;
        ssl_verify_client on;
        location / { return 200 "$ssl_client_s_dn\\n"; }
      }
    }
    """
        .formatted(folder, port, temporary);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static int uid() throws IOException {
    return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }

  private String request(int port, @org.jspecify.annotations.Nullable Path svid) throws Exception {
    return openssl(port, svid, "GET / HTTP/1.0\r\n\r\n", "-quiet", "-ign_eof");
  }

  private String serial(int port, Path svid) throws Exception {
    var shown = openssl(port, svid, "");
    var certificate =
        Files.writeString(
            folder.resolve("shown.pem"),
            shown.substring(
                shown.indexOf("-----BEGIN CERTIFICATE-----"),
                shown.indexOf("-----END CERTIFICATE-----")
                    + "-----END CERTIFICATE-----\n".length()));
    var said =
        run(List.of("openssl", "x509", "-noout", "-serial", "-in", certificate.toString()), "");
    var serial = SERIAL.matcher(said);
    assertThat(serial.find()).as(said).isTrue();
    return serial.group(1);
  }

  private String openssl(
      int port, @org.jspecify.annotations.Nullable Path svid, String input, String... more)
      throws Exception {
    var words =
        new ArrayList<>(
            List.of(
                "openssl",
                "s_client",
                "-connect",
                "127.0.0.1:" + port,
                "-verify_return_error",
                "-CAfile",
                folder.resolve("svid/bundle.pem").toString()));
    if (svid != null) {
      words.addAll(
          List.of(
              "-cert", svid.resolve("svid.pem").toString(),
              "-key", svid.resolve("key.pem").toString()));
    }
    words.addAll(List.of(more));
    return run(words, input);
  }

  private static String run(List<String> words, String input) throws Exception {
    var process = new ProcessBuilder(words).redirectErrorStream(true).start();
    try (var stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      // It ended before it had read everything: what it said tells why.
    }
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(said).isTrue();
    return said;
  }
}
