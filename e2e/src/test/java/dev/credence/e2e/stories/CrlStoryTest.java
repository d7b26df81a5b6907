package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credence.e2e.client.Admin;
import dev.credence.e2e.program.Daemon;
import dev.credence.e2e.program.Program;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Await;
import dev.credence.e2e.story.Story;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("CRLs, as peers that know no SPIFFE use them")
class CrlStoryTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Path NGINX = Path.of("/usr/sbin/nginx");

  @TempDir Path folder;

  @Test
  @DisplayName(
      "the SVID says where its list is; openssl loads it by itself; nginx is fed by the howto's"
          + " script; whoever is suspended is refused")
  void story() throws Exception {
    assumeTrue(Files.isExecutable(NGINX), NGINX + " is not installed");
    int crl = freePort();
    try (var story = Story.of("CRLs for openssl and nginx")) {
      var config =
          Daemon.serverConfig(
              folder.resolve("server"),
              "dev: true",
              "crl:",
              "  listen: 127.0.0.1:" + crl,
              "  url: http://127.0.0.1:" + crl + "/crl");
      var server =
          story.opens("a server whose certificates say so", () -> Daemon.ready("server", config));
      var admin =
          story.opens("an administrator", () -> Admin.at(folder.resolve("server/admin.sock")));
      story.opens(
          "a node",
          () ->
              Daemon.ready(
                  "node",
                  Daemon.nodeConfig(
                      folder.resolve("node"), Daemon.said(server, "listen"), admin.joinToken())));
      var credence =
          Program.credence()
              .with(
                  Map.of(
                      "SPIFFE_ENDPOINT_SOCKET",
                      "unix://" + folder.resolve("node/api.sock"),
                      "CREDENCE_ADMIN_SOCKET",
                      folder.resolve("server/admin.sock").toString()));
      var svid = folder.resolve("svid");
      story.step(
          "an agent fetches; its process exits at once",
          () -> {
            admin.owner("finance");
            admin.create(
                Admin.agent("finance", "bot", "unix:uid:" + uid()).addDnsNames("localhost"));
            credence.run("svid", "fetch", "--write", svid.toString()).done();
          });
      story.step(
          "the SVID names its list",
          () ->
              assertThat(
                      run(
                          "openssl",
                          "x509",
                          "-noout",
                          "-ext",
                          "crlDistributionPoints",
                          "-in",
                          leaf()))
                  .contains("URI:http://127.0.0.1:" + crl + "/crl/"));
      story.step(
          "openssl loads the list from there, and finds the SVID in order",
          () -> assertThat(verified()).contains("svid.pem: OK"));
      int port = freePort();
      var script = script();
      story.step(
          "the howto's script writes the lists of all authorities of the bundle",
          () -> {
            assertThat(run("sh", script.toString(), base(crl), folder.toString())).isEmpty();
            assertThat(folder.resolve("crl.pem")).content().contains("BEGIN X509 CRL");
          });
      var nginx =
          story.opens(
              "nginx with ssl_crl",
              () ->
                  Running.start(
                      "nginx",
                      List.of(
                          NGINX.toString(),
                          "-c",
                          Files.writeString(folder.resolve("nginx.conf"), configuration(port))
                              .toString()),
                      Map.of(),
                      folder));
      story.step(
          "nginx lets the agent in",
          () ->
              Await.answer(
                  "200 OK", () -> request(port), answer -> answer.contains("200 OK"), SOON));
      story.step("agent suspend", () -> credence.run("agent", "suspend", "finance/bot").done());
      story.step(
          "openssl: revoked, though its execution had ended by itself long before",
          () -> assertThat(verified()).contains("certificate revoked"));
      story.step(
          "nginx refuses it, once its list was refreshed",
          () -> {
            run("sh", script.toString(), base(crl), folder.toString());
            nginx.signal("HUP");
            Await.answer(
                "400", () -> request(port), answer -> answer.contains("400 Bad Request"), SOON);
          });
      story.step(
          "a list that cannot be loaded leaves the old one in place",
          () -> {
            var before = Files.readString(folder.resolve("crl.pem"));
            var said = run("sh", script.toString(), base(freePort()), folder.toString());
            assertThat(said).isNotEmpty();
            assertThat(folder.resolve("crl.pem")).hasContent(before);
          });
    }
  }

  @Test
  @DisplayName(
      "whoever asks for metrics or CRLs slowly, or says nothing, is cut off; the others are"
          + " answered")
  void slow() throws Exception {
    int crl = freePort();
    int metrics = freePort();
    var config =
        Daemon.serverConfig(
            folder.resolve("server"),
            "crl:",
            "  listen: 127.0.0.1:" + crl,
            "metrics:",
            "  listen: 127.0.0.1:" + metrics);
    try (var _ = Daemon.ready("server", config);
        var client = HttpClient.newHttpClient()) {
      for (int port : List.of(metrics, crl)) {
        var sockets = new ArrayList<Socket>();
        try {
          for (int i = 0; i < 24; i++) {
            var socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout((int) Duration.ofSeconds(60).toMillis());
            // A request that never ends; every third one is not even begun.
            if (i % 3 != 0) {
              socket
                  .getOutputStream()
                  .write("GET /metrics HTTP/1.1\r\nHost:".getBytes(StandardCharsets.US_ASCII));
            }
            sockets.add(socket);
          }
          var path = port == metrics ? "/metrics" : "/crl/none.crl";
          var answer =
              client.send(
                  HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                      .timeout(Duration.ofSeconds(60))
                      .build(),
                  HttpResponse.BodyHandlers.discarding());
          assertThat(answer.statusCode()).isEqualTo(port == metrics ? 200 : 404);
          for (int i = 0; i < sockets.size(); i++) {
            if (i % 3 != 0) {
              assertThat(closed(sockets.get(i))).as("slow caller %d of port %d", i, port).isTrue();
            }
          }
        } finally {
          for (var socket : sockets) {
            socket.close();
          }
        }
      }
    }
  }

  private static boolean closed(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  /// As it stands in docs/howto/crl.md.
  private Path script() throws IOException {
    var page =
        Files.readString(
            Path.of(System.getProperty("credence.root", "..")).resolve("docs/howto/crl.md"));
    int from = page.indexOf("#!/bin/sh");
    return Files.writeString(
        folder.resolve("refresh"), page.substring(from, page.indexOf("```", from)));
  }

  private static String base(int port) {
    return "http://127.0.0.1:" + port + "/crl";
  }

  private String leaf() {
    return folder.resolve("svid/svid.pem").toString();
  }

  private String verified() throws Exception {
    return run(
        "openssl",
        "verify",
        "-crl_check",
        "-crl_download",
        "-CAfile",
        folder.resolve("svid/bundle.pem").toString(),
        leaf());
  }

  private String request(int port) throws Exception {
    return run(
        "curl",
        "--silent",
        "--include",
        "--max-time",
        "10",
        "--cacert",
        folder.resolve("svid/bundle.pem").toString(),
        "--cert",
        leaf(),
        "--key",
        folder.resolve("svid/key.pem").toString(),
        "https://localhost:" + port + "/");
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
        ssl_client_certificate %1$s/bundle.pem;
        ssl_verify_client on;
        ssl_crl %1$s/crl.pem;
        location / { return 200 "$ssl_client_s_dn\\n"; }
      }
    }
    """
        .formatted(folder, port, temporary);
  }

  private String run(String... words) throws Exception {
    // The script reads the bundle from the folder that it writes to.
    var bundle = folder.resolve("bundle.pem");
    if (!Files.exists(bundle) && Files.exists(folder.resolve("svid/bundle.pem"))) {
      Files.copy(folder.resolve("svid/bundle.pem"), bundle);
    }
    var process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getOutputStream().close();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(said).isTrue();
    return said;
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
