package dev.credence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import dev.credence.certs.Certificates;
import dev.credence.proto.admin.v1.Bundle;
import dev.credence.proto.admin.v1.GetBundleRequest;
import dev.credence.proto.admin.v1.TrustGrpc;
import dev.credence.proto.workload.SpiffeWorkloadAPIGrpc;
import dev.credence.proto.workload.X509SVID;
import dev.credence.proto.workload.X509SVIDRequest;
import dev.credence.proto.workload.X509SVIDResponse;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Certificates on their way out: svid.pem, svid.der and bundle.pem beside this class were made
/// with OpenSSL.
final class SvidCommandsTest {

  private static final String EXECUTION = "aebagbafaydqqcikbmga2dqpca";

  private static final X509SVID PLANNER =
      svid("spiffe://test.example/agent/travel/planner", "svid.pem");
  private static final X509SVID OTHER = svid("spiffe://test.example/agent/lab/aaa", "bundle.pem");

  @TempDir Path folder;

  @Test
  void inspect_showsWho_untilWhen_inWhichExecution() throws Exception {
    var outcome = new Cli().run("svid", "inspect", resource("svid.pem").toString());

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out().replaceAll(" +", " "))
        .contains("SPIFFE ID spiffe://test.example/agent/travel/planner\n")
        .contains("DNS names planner.example\n")
        .contains("Valid from 2026-11-22T06:24:19+01:00\n")
        .contains("State not yet valid\n")
        .contains("Serial 0123456789abcdef0123456789abcdef\n")
        .contains("\nExecution\n")
        .contains(" Execution " + EXECUTION + "\n")
        .contains(" Kind process\n")
        .contains(" Code claimed\n")
        .contains(" Isolation shared-uid\n");
  }

  @Test
  void inspect_readsDer_andPrintsJson() throws Exception {
    var outcome = new Cli().run("svid", "inspect", resource("svid.der").toString(), "-o", "json");

    var json = Struct.newBuilder();
    JsonFormat.parser().merge(outcome.out(), json);
    assertThat(json.getFieldsOrThrow("spiffeId").getStringValue())
        .isEqualTo("spiffe://test.example/agent/travel/planner");
    assertThat(
            json.getFieldsOrThrow("execution")
                .getStructValue()
                .getFieldsOrThrow("execution")
                .getStringValue())
        .isEqualTo(EXECUTION);
  }

  @Test
  void inspect_ofWhatIsNoCertificate_saysSo() throws Exception {
    var file = Files.writeString(folder.resolve("x.pem"), "hello");

    var outcome = new Cli().run("svid", "inspect", file.toString());

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).startsWith("credence: " + file + ": ").hasLineCount(1);
    assertThat(new Cli().run("svid", "inspect", folder.resolve("none").toString()).err())
        .contains("there is no such file");
  }

  @Test
  void fetch_printsChainAndKey() throws Exception {
    try (var daemon = new FakeDaemon(folder.resolve("n.sock"), new FakeWorkloadApi())) {
      var outcome = new Cli().node(daemon.socket()).run("svid", "fetch");

      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.out())
          .isEqualTo(
              Files.readString(resource("svid.pem"))
                  + "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");
      assertThat(
              daemon
                  .headers()
                  .element()
                  .get(Metadata.Key.of("workload.spiffe.io", Metadata.ASCII_STRING_MARSHALLER)))
          .isEqualTo("true");
    }
  }

  @Test
  void fetch_writesFilesThatOnlyTheirOwnerMayRead() throws Exception {
    try (var daemon = new FakeDaemon(folder.resolve("n.sock"), new FakeWorkloadApi())) {
      var outcome =
          new Cli().node(daemon.socket()).run("svid", "fetch", "--write", folder.toString());

      assertThat(outcome.out())
          .isEqualTo("spiffe://test.example/agent/travel/planner in " + folder + "\n");
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(folder.resolve("key.pem"))))
          .isEqualTo("rw-------");
      assertThat(folder.resolve("svid.pem")).hasSameTextualContentAs(resource("svid.pem"));
      assertThat(folder.resolve("bundle.pem")).hasSameTextualContentAs(resource("bundle.pem"));
    }
  }

  @Test
  void write_once_writesTheFiles_andThenRunsTheCommand() throws Exception {
    try (var daemon = new FakeDaemon(folder.resolve("n.sock"), new FakeWorkloadApi())) {
      var seen = folder.resolve("seen.pem");
      var outcome =
          new Cli()
              .node(daemon.socket())
              .run(
                  "svid",
                  "write",
                  "--once",
                  "--dir",
                  folder.toString(),
                  "--on-renew",
                  "cat " + folder + "/key.pem " + folder + "/svid.pem > " + seen);

      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.code()).isZero();
      assertThat(outcome.out())
          .startsWith("spiffe://test.example/agent/travel/planner in " + folder + ", until 21");
      assertThat(seen)
          .content()
          .startsWith("-----BEGIN PRIVATE KEY-----\n")
          .endsWith(Files.readString(resource("svid.pem")));
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(folder.resolve("key.pem"))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void write_staysWithWhomItWroteFor() throws Exception {
    var api = new FakeWorkloadApi();
    try (var daemon = new FakeDaemon(folder.resolve("n.sock"), api)) {
      String[] write = {"svid", "write", "--once", "--dir", folder.toString()};
      assertThat(new Cli().node(daemon.socket()).run(write).code()).isZero();

      api.offer = List.of(OTHER, PLANNER);
      assertThat(new Cli().node(daemon.socket()).run(write).out())
          .startsWith(PLANNER.getSpiffeId());

      api.offer = List.of(OTHER);
      var gone = new Cli().node(daemon.socket()).run(write);
      assertThat(gone.code()).isEqualTo(1);
      assertThat(gone.err())
          .contains("the files stay as they are", "spiffe://test.example/agent/lab/aaa");
      assertThat(folder.resolve("svid.pem")).hasSameTextualContentAs(resource("svid.pem"));
    }
  }

  @Test
  void write_saysWhichHintIsMissing_andThatACommandFailed() throws Exception {
    try (var daemon = new FakeDaemon(folder.resolve("n.sock"), new FakeWorkloadApi())) {
      var missing =
          new Cli()
              .node(daemon.socket())
              .run("svid", "write", "--once", "--dir", folder.toString(), "--hint", "blue");
      assertThat(missing.code()).isEqualTo(1);
      assertThat(missing.err())
          .isEqualTo("credence: none of the 1 SVIDs of this process has the hint \"blue\"\n");

      var failing =
          new Cli()
              .node(daemon.socket())
              .run("svid", "write", "--once", "--dir", folder.toString(), "--on-renew", "exit 7");
      assertThat(failing.err()).isEqualTo("credence: --on-renew failed with exit code 7\n");
    }
  }

  @Test
  void completion_knowsTheCommands() {
    var outcome = new Cli().run("completion");

    assertThat(outcome.code()).isZero();
    assertThat(outcome.out()).contains("complete -F", "--on-renew", "credence");
  }

  @Test
  void fetch_byAStranger_isRefused() throws Exception {
    try (var daemon = new FakeDaemon(folder.resolve("n.sock"), new FakeWorkloadApi())) {
      daemon.failNext(Status.PERMISSION_DENIED.withDescription("no identity issued"));

      var outcome = new Cli().node(daemon.socket()).run("svid", "fetch", "-o", "json");

      assertThat(outcome.code()).isEqualTo(1);
      assertThat(outcome.err()).isEqualTo("credence: no identity issued\n");
      assertThat(outcome.out()).isEmpty();
    }
  }

  @Test
  void bundle_asPem_orAsABundleDocument() throws Exception {
    try (var daemon = new FakeDaemon(folder.resolve("a.sock"), new FakeTrust())) {
      var pem = new Cli().admin(daemon.socket()).run("bundle", "show");
      var jwks = new Cli().admin(daemon.socket()).run("bundle", "show", "-o", "jwks");

      assertThat(pem.out()).isEqualTo(Files.readString(resource("bundle.pem")));
      var document = Struct.newBuilder();
      JsonFormat.parser().merge(jwks.out(), document);
      assertThat(document.getFieldsOrThrow("spiffe_sequence").getNumberValue()).isEqualTo(7);
      assertThat(document.getFieldsOrThrow("spiffe_refresh_hint").getNumberValue()).isEqualTo(300);
      assertThat(document.getFieldsOrThrow("keys").getListValue().getValuesCount()).isEqualTo(1);
    }
  }

  private static X509SVID svid(String id, String chain) {
    var secret = Base64.getDecoder().decode("c2VjcmV0".getBytes(StandardCharsets.US_ASCII));
    return X509SVID
        .newBuilder()
        .setSpiffeId(id)
        .setX509Svid(der(chain))
        .setX509SvidKey(ByteString.copyFrom(secret))
        .setBundle(der("bundle.pem"))
        .build();
  }

  private static Path resource(String name) throws Exception {
    return Path.of(SvidCommandsTest.class.getResource(name).toURI());
  }

  private static ByteString der(String name) {
    try {
      return ByteString.copyFrom(
          Certificates.toDer(Certificates.parsePem(Files.readString(resource(name)))));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static final class FakeWorkloadApi
      extends SpiffeWorkloadAPIGrpc.SpiffeWorkloadAPIImplBase {
    private volatile List<X509SVID> offer = List.of(PLANNER);

    @Override
    public void fetchX509SVID(X509SVIDRequest request, StreamObserver<X509SVIDResponse> answer) {
      answer.onNext(X509SVIDResponse.newBuilder().addAllSvids(offer).build());
      // The stream stays open, as the standard says.
    }
  }

  private static final class FakeTrust extends TrustGrpc.TrustImplBase {
    @Override
    public void getBundle(GetBundleRequest request, StreamObserver<Bundle> answer) {
      answer.onNext(
          Bundle.newBuilder()
              .setTrustDomain("test.example")
              .setSequence(7)
              .setRefreshHint(com.google.protobuf.Duration.newBuilder().setSeconds(300))
              .addX509Authorities(der("bundle.pem"))
              .build());
      answer.onCompleted();
    }
  }
}
