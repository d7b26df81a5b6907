package dev.credence.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.attestors.join.ServerAddress;
import dev.credence.certs.Identity;
import dev.credence.certs.SvidException;
import dev.credence.certs.SvidVerifier;
import dev.credence.certs.X509Bundle;
import dev.credence.certs.X509Svid;
import dev.credence.platform.config.PrivateFiles;
import dev.credence.platform.crypto.CryptoProviders;
import dev.credence.transport.ClientAuthentication;
import dev.credence.transport.MutualTls;
import dev.credence.transport.TlsIdentity;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The program itself: a process of its own, real TLS to a scripted server.
@Timeout(300)
@NullUnmarked
class NodeMainTest {
  @TempDir Path folder;
  private final FakeServer fake = new FakeServer(Clock.systemUTC());
  private final List<Process> processes = new ArrayList<>();
  private Server tls;

  @AfterEach
  void close() {
    processes.forEach(Process::destroyForcibly);
    if (tls != null) {
      tls.shutdownNow();
    }
    fake.close();
  }

  private int listen() throws IOException, SvidException {
    KeyPair keys = TestAuthority.newKeys();
    Clock clock = Clock.systemUTC();
    var leaf =
        fake.authority()
            .issue(
                new Identity.Server().in(TestAuthority.TRUST_DOMAIN),
                keys.getPublic(),
                clock.instant(),
                Duration.ofHours(1));
    X509Bundle bundle = fake.authority().bundle();
    X509Svid svid = X509Svid.of(List.of(leaf, bundle.authorities().getFirst()), keys.getPrivate());
    TlsIdentity identity =
        new TlsIdentity() {
          @Override
          public X509Svid svid() {
            return svid;
          }

          @Override
          public X509Bundle bundle() {
            return bundle;
          }
        };
    var builder =
        NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            MutualTls.server(
                identity,
                new SvidVerifier(CryptoProviders.jdk()),
                clock,
                ClientAuthentication.OPTIONAL));
    fake.services().forEach(builder::addService);
    tls = builder.build().start();
    return tls.getPort();
  }

  private Process run(String... arguments) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                ReadableClassPath.own(),
                NodeMain.class.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(folder.resolve("err").toFile()).start();
    processes.add(process);
    return process;
  }

  private Path config(String more) throws IOException {
    Path file = folder.resolve("node.yaml");
    Files.writeString(file, "data_dir: data\nsocket: api.sock\n" + more);
    return file;
  }

  private Path configWithToken(int port) throws IOException {
    String token = fake.tokenFor(new ServerAddress("127.0.0.1", port)).reveal();
    PrivateFiles.writeAtomically(folder.resolve("token"), token.getBytes(UTF_8));
    return config("join_token_file: token\n");
  }

  private static String firstLine(Process process) throws IOException {
    return String.valueOf(
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8)).readLine());
  }

  private String errors() throws IOException {
    return Files.readString(folder.resolve("err"));
  }

  private static int exitCode(Process process) throws InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  @Test
  void itJoinsOverPinnedTlsServesAndStopsWithStdin() throws Exception {
    Path config = configWithToken(listen());
    Process node = run("--config", config.toString(), "--stop-with-stdin");
    assertThat(firstLine(node)).isEqualTo("ready socket=" + folder.resolve("api.sock"));
    assertThat(folder.resolve("token")).doesNotExist();
    node.getOutputStream().close();
    assertThat(exitCode(node)).isZero();
    assertThat(folder.resolve("api.sock")).doesNotExist();
  }

  @Test
  void itStopsInOrderAtSigtermAndComesBackWithItsSvid() throws Exception {
    Path config = configWithToken(listen());
    for (int i = 0; i < 2; i++) {
      Process node = run("--config", config.toString());
      assertThat(firstLine(node)).startsWith("ready ");
      node.destroy();
      assertThat(exitCode(node)).isZero();
    }
    assertThat(fake.attests).hasSize(1);
  }

  @Test
  void anotherServerThanThePinnedOneHearsNothing() throws Exception {
    int port = listen();
    try (FakeServer other = new FakeServer(Clock.systemUTC())) {
      String token = other.tokenFor(new ServerAddress("127.0.0.1", port)).reveal();
      PrivateFiles.writeAtomically(folder.resolve("token"), token.getBytes(UTF_8));
    }
    Process node = run("--config", config("join_token_file: token\n").toString());
    NodeRig.await(
        "two attempts",
        () -> {
          try {
            return errors().split("server not reached", -1).length > 2;
          } catch (IOException e) {
            return false;
          }
        });
    assertThat(fake.attests).isEmpty();
    assertThat(node.isAlive()).isTrue();
    assertThat(folder.resolve("token")).exists();
  }

  @Test
  void wrongArgumentsAreUsage() throws Exception {
    assertThat(exitCode(run())).isEqualTo(2);
    assertThat(errors()).startsWith("usage: credence node --config FILE");
    assertThat(exitCode(run("--config"))).isEqualTo(2);
    assertThat(exitCode(run("--confg", "x"))).isEqualTo(2);
  }

  @Test
  void aWrongConfigurationIsSaidInWhole() throws Exception {
    Process node = run("--config", config("sockte: x\nrecheck_interval: 0s\n").toString());
    assertThat(exitCode(node)).isEqualTo(1);
    assertThat(errors()).contains("node.yaml:3:", "sockte", "node.yaml:4:", "recheck_interval");
  }

  @Test
  void aMissingTokenIsOneLine() throws Exception {
    Process node = run("--config", config("").toString());
    assertThat(exitCode(node)).isEqualTo(1);
    assertThat(errors().lines().filter(line -> line.startsWith("credence node: ")))
        .singleElement()
        .asString()
        .contains("belongs to no server yet");
  }
}
