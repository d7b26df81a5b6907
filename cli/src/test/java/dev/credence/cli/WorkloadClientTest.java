package dev.credence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.credence.certs.Certificates;
import dev.credence.proto.workload.SpiffeWorkloadAPIGrpc;
import dev.credence.proto.workload.X509SVID;
import dev.credence.proto.workload.X509SVIDRequest;
import dev.credence.proto.workload.X509SVIDResponse;
import io.grpc.Metadata;
import io.grpc.stub.StreamObserver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The commands as clients of the Workload API: `credence svid ...`.
final class WorkloadClientTest {

  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("workload.spiffe.io", Metadata.ASCII_STRING_MARSHALLER);

  @TempDir Path folder;

  private static ByteString der(String name) {
    try {
      var file = Path.of(SvidCommandsTest.class.getResource(name).toURI());
      return ByteString.copyFrom(Certificates.toDer(Certificates.parsePem(Files.readString(file))));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static X509SVID.Builder svid(String name) {
    return X509SVID
        .newBuilder()
        .setSpiffeId("spiffe://test.example/agent/travel/" + name)
        .setX509Svid(der("svid.pem"))
        .setX509SvidKey(ByteString.copyFromUtf8(name))
        .setBundle(der("bundle.pem"));
  }

  private static X509SVIDResponse message(X509SVID.Builder... svids) {
    var message = X509SVIDResponse.newBuilder();
    List.of(svids).forEach(message::addSvids);
    return message.build();
  }

  @Test
  @DisplayName(
      "CL-01: the address comes from SPIFFE_ENDPOINT_SOCKET; what is given explicitly wins")
  void address() throws Exception {
    try (var told = new FakeDaemon(folder.resolve("told.sock"), new Answering());
        var other = new FakeDaemon(folder.resolve("other.sock"), new Answering())) {
      assertThat(new Cli().node(told.socket()).run("svid", "fetch").code()).isZero();
      assertThat(told.headers()).hasSize(1);
      assertThat(
              new Cli()
                  .node(told.socket())
                  .run("svid", "fetch", "--socket", other.socket().toString())
                  .code())
          .isZero();
      assertThat(other.headers()).hasSize(1);
      assertThat(told.headers()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix://%s", "unix:%s"})
  @DisplayName("CL-02: valid addresses of Unix sockets")
  void validAddresses(String form) throws Exception {
    try (var daemon = new FakeDaemon(folder.resolve("n.sock"), new Answering())) {
      var outcome = new Cli().endpoint(form.formatted(daemon.socket())).run("svid", "fetch");
      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.code()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp://127.0.0.1:8000", "tcp://1.2.3.4:5", "tcp://[::1]:8080"})
  @DisplayName("CL-02: valid addresses that commands do not use are told from invalid ones")
  void tcpAddresses(String address) {
    var outcome = new Cli().endpoint(address).run("svid", "fetch");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err())
        .isEqualTo(
            "credence: SPIFFE_ENDPOINT_SOCKET: \"%s\" (expected: unix:///path: commands use the node's Unix socket)\n"
                .formatted(address));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\t",
        "blah",
        "///foo",
        "blah:///foo",
        "http://127.0.0.1:1",
        "unix:opaque",
        "unix://",
        "unix:/",
        "unix:///",
        "unix://foo",
        "unix://host/abs/path",
        "unix://john:doe@foo/path",
        "unix:///foo?x",
        "unix:///foo#x",
        "unix://foo?x",
        "unix:///foo?",
        "unix:///foo#",
        "tcp:opaque",
        "tcp://",
        "tcp:///test",
        "tcp://foo",
        "tcp://foo:9000",
        "tcp://localhost:8000",
        "tcp://1.2.3.4",
        "tcp://1.2.3.4:5/path",
        "tcp://1.2.3.4:5/",
        "tcp://1.2.3.4:5?x",
        "tcp://1.2.3.4:5#x",
        "tcp://u:p@1.2.3.4:5",
        "tcp://1.2.3.4:65536"
      })
  @DisplayName("CL-02: each invalid address is refused, whatever is there")
  void invalidAddresses(String address) {
    var outcome = new Cli().endpoint(address).run("svid", "fetch");
    assertThat(outcome.code()).as(address).isEqualTo(2);
    assertThat(outcome.err()).endsWith("(expected: unix:///path)\n").hasLineCount(1);
  }

  @Test
  @DisplayName("CL-03: the header is on every call")
  void header() throws Exception {
    try (var daemon = new FakeDaemon(folder.resolve("n.sock"), new Answering())) {
      assertThat(new Cli().node(daemon.socket()).run("svid", "fetch").code()).isZero();
      var write = new String[] {"svid", "write", "--once", "--dir", folder.toString()};
      assertThat(new Cli().node(daemon.socket()).run(write).code()).isZero();
      assertThat(new Cli().node(daemon.socket()).run("svid", "fetch", "--audience", "a").code())
          .isOne();
      assertThat(daemon.headers()).hasSize(3).allMatch(call -> "true".equals(call.get(HEADER)));
    }
  }

  @Test
  @DisplayName("CL-09: the first SVID is the default, also when the order changes")
  void order() throws Exception {
    try (var daemon =
        new FakeDaemon(
            folder.resolve("n.sock"),
            new Answering(message(svid("one"), svid("two")), message(svid("two"), svid("one"))))) {
      for (var first : List.of("one", "two")) {
        assertThat(write(daemon, "--dir", folder.toString()).out())
            .startsWith("spiffe://test.example/agent/travel/" + first + " in ");
        assertThat(folder.resolve("key.pem"))
            .content()
            .contains(
                java.util.Base64.getEncoder()
                    .encodeToString(first.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
      }
    }
  }

  @Test
  @DisplayName("CL-10: a message replaces all that was there: no authority of an older one remains")
  void replacement() throws Exception {
    var both = der("bundle.pem").concat(der("svid.pem"));
    var foreign = Map.of("spiffe://other.example", der("svid.pem"));
    try (var daemon =
        new FakeDaemon(
            folder.resolve("n.sock"),
            new Answering(
                message(svid("one").setBundle(both)).toBuilder()
                    .putAllFederatedBundles(foreign)
                    .build(),
                message(svid("one"))))) {
      write(daemon, "--dir", folder.toString());
      assertThat(Certificates.parsePem(Files.readString(folder.resolve("bundle.pem")))).hasSize(2);
      write(daemon, "--dir", folder.toString());
      assertThat(Certificates.parsePem(Files.readString(folder.resolve("bundle.pem"))))
          .isEqualTo(Certificates.parseChain(der("bundle.pem").toByteArray()));
      try (var files = Files.list(folder)) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .as("of federated trust domains nothing is kept that could be taken for our own")
            .containsExactlyInAnyOrder("n.sock", "svid.pem", "key.pem", "bundle.pem");
      }
    }
  }

  @Test
  @DisplayName("CL-12: of two SVIDs with the same hint the first is taken")
  void hints() throws Exception {
    try (var daemon =
        new FakeDaemon(
            folder.resolve("n.sock"),
            new Answering(
                message(svid("one"), svid("two").setHint("h"), svid("three").setHint("h"))))) {
      assertThat(write(daemon, "--dir", folder.toString(), "--hint", "h").out())
          .startsWith("spiffe://test.example/agent/travel/two in ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"svids", "id", "chain", "key", "bundle"})
  @DisplayName("CL-08: a message without what it must hold is refused; the files stay as they were")
  void incomplete(String missing) throws Exception {
    var broken =
        switch (missing) {
          case "id" -> message(svid("one").clearSpiffeId());
          case "chain" -> message(svid("one").clearX509Svid());
          case "key" -> message(svid("one").clearX509SvidKey());
          case "bundle" -> message(svid("one").clearBundle());
          default -> message();
        };
    try (var daemon =
        new FakeDaemon(folder.resolve("n.sock"), new Answering(message(svid("one")), broken))) {
      write(daemon, "--dir", folder.toString());
      var before = Files.readString(folder.resolve("bundle.pem"));
      var outcome = write(daemon, "--dir", folder.toString());
      assertThat(outcome.code()).isEqualTo(1);
      assertThat(outcome.err()).startsWith("credence: the node answered without ");
      assertThat(folder.resolve("bundle.pem")).hasContent(before);
      assertThat(folder.resolve("svid.pem")).isNotEmptyFile();
      assertThat(folder.resolve("key.pem")).isNotEmptyFile();
    }
  }

  private static Cli.Outcome write(FakeDaemon daemon, String... more) {
    var words = new java.util.ArrayList<>(List.of("svid", "write", "--once"));
    words.addAll(List.of(more));
    return new Cli().node(daemon.socket()).run(words.toArray(String[]::new));
  }

  /// Answers each stream with one message, the last one again and again, and leaves it open.
  private static final class Answering extends SpiffeWorkloadAPIGrpc.SpiffeWorkloadAPIImplBase {
    private final BlockingQueue<X509SVIDResponse> answers = new LinkedBlockingQueue<>();

    Answering(X509SVIDResponse... answers) {
      this.answers.addAll(
          answers.length == 0 ? List.of(message(svid("planner"))) : List.of(answers));
    }

    @Override
    public void fetchX509SVID(X509SVIDRequest request, StreamObserver<X509SVIDResponse> answer) {
      answer.onNext(answers.size() > 1 ? answers.remove() : answers.element());
    }
  }
}
