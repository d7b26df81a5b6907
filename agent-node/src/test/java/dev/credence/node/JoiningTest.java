package dev.credence.node;

import static dev.credence.node.NodeRig.OWN_UID;
import static dev.credence.node.NodeRig.take;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.credence.certs.TrustDomain;
import dev.credence.platform.config.PrivateFiles;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// How a machine becomes a node, and how it doesn't.
@Timeout(300)
class JoiningTest {
  private final NodeRig rig = new NodeRig();

  @AfterEach
  void close() {
    rig.close();
  }

  private Path data() {
    return rig.folder.resolve("data");
  }

  private void assertRefused(NodeConfig config, String message) {
    assertThatExceptionOfType(StartException.class)
        .isThrownBy(() -> CredenceNode.start(config, rig.seams(), rig.server))
        .withMessageContaining(message);
    assertThat(rig.socket()).doesNotExist();
  }

  private NodeConfig with(NodeConfig.Server server) {
    NodeConfig usual = rig.config();
    return new NodeConfig(
        server,
        usual.dataDir(),
        usual.socket(),
        usual.recheckInterval(),
        usual.log(),
        usual.limits(),
        usual.metrics());
  }

  @Test
  void whatIsKeptIsPrivateAndTheTokenIsDeleted() throws IOException {
    rig.startAndWait();
    for (String name : new String[] {"node.key", "node.pem", "bundle.pem", "server"}) {
      Path file = data().resolve(name);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .as(name)
          .isEqualTo("rw-------");
    }
    assertThat(rig.folder.resolve("token")).doesNotExist();
  }

  @Test
  void aRestartNeedsNoToken() throws IOException {
    rig.startAndWait();
    byte[] key = Files.readAllBytes(data().resolve("node.key"));
    rig.node().close();
    rig.startAndWait();
    assertThat(rig.server.attests).hasSize(1);
    assertThat(Files.readAllBytes(data().resolve("node.key"))).isEqualTo(key);
  }

  @Test
  void afterTheSvidHasExpiredANewTokenBringsTheNodeBackWithANewKey() throws IOException {
    rig.startAndWait();
    byte[] key = Files.readAllBytes(data().resolve("node.key"));
    rig.node().close();
    rig.time.advance(FakeServer.NODE_TTL.plusHours(1));
    take(rig.server.attests);
    rig.server.refuseAttest(Status.UNAVAILABLE);
    rig.newToken().start();
    var first = take(rig.server.attests);
    // Not joined yet: nothing of the old is lost, and after a crash the same new key is used.
    assertThat(Files.readAllBytes(data().resolve("node.key"))).isEqualTo(key);
    rig.node().close();
    rig.startAndWait();
    var second = take(rig.server.attests);
    assertThat(TestAuthority.keyOf(second.getParams().getCsr().toByteArray()))
        .isEqualTo(TestAuthority.keyOf(first.getParams().getCsr().toByteArray()));
    assertThat(Files.readAllBytes(data().resolve("node.key"))).isNotEqualTo(key);
    assertThat(data().resolve("node.key.new")).doesNotExist();
    rig.restart();
    assertThat(rig.server.attests).isEmpty();
  }

  @Test
  void aTokenThatACrashLeftBehindIsNotShownAgain_andDoesNotKeepTheNodeAway() throws IOException {
    byte[] token = Files.readAllBytes(rig.tokenFile());
    rig.startAndWait();
    rig.node().close();
    PrivateFiles.writeAtomically(rig.folder.resolve("token"), token);
    rig.time.advance(FakeServer.NODE_TTL.plusDays(2));
    int renewals = rig.server.nodeRenewals.get();
    rig.start();
    rig.time.advance(Duration.ZERO);
    NodeRig.await("the renewal", () -> rig.server.nodeRenewals.get() == renewals + 1);
    rig.node().ready().orTimeout(20, TimeUnit.SECONDS).join();
    assertThat(rig.server.attests).hasSize(1);
    assertThat(rig.folder.resolve("token")).doesNotExist();
  }

  @Test
  void anUnreachableServerIsTriedAgainWithTheSameRequest() {
    rig.server.refuseAttest(Status.UNAVAILABLE);
    rig.server.refuseAttest(Status.DEADLINE_EXCEEDED);
    rig.start();
    assertThat(rig.fetch().end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    rig.awaitAsTimePasses(
        "the third attempt", Duration.ofSeconds(1), () -> rig.server.attests.size() == 3);
    rig.node().ready().join();
    var first = take(rig.server.attests);
    assertThat(take(rig.server.attests)).isEqualTo(first);
    assertThat(take(rig.server.attests)).isEqualTo(first);
    assertThat(first.getParams().getAttestor()).isEqualTo("join_token");
    assertThat(first.getParams().getEvidence().size()).isEqualTo(16);
  }

  @Test
  void afterACrashBeforeTheAnswerTheSameKeyIsUsed() {
    rig.server.refuseAttest(Status.UNAVAILABLE);
    rig.start();
    var first = take(rig.server.attests);
    rig.node().close();
    rig.startAndWait();
    var second = take(rig.server.attests);
    assertThat(TestAuthority.keyOf(second.getParams().getCsr().toByteArray()))
        .isEqualTo(TestAuthority.keyOf(first.getParams().getCsr().toByteArray()));
  }

  @Test
  void aRefusedTokenEndsTheStart() {
    rig.server.refuseAttest(Status.PERMISSION_DENIED.withDescription("not attested"));
    rig.start();
    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(() -> rig.node().ready().join())
        .withCauseInstanceOf(StartException.class)
        .withMessageContaining("refused the join token")
        .withMessageContaining("credence node token create");
  }

  @Test
  void aTokenThatOthersMayReadIsNotUsed() throws IOException {
    Files.setPosixFilePermissions(rig.tokenFile(), PosixFilePermissions.fromString("rw-r-----"));
    assertRefused(rig.config(), "may be read by others");
    assertThat(rig.server.attests).isEmpty();
  }

  @Test
  void aTokenThatIsNoneIsNotShown() throws IOException {
    PrivateFiles.writeAtomically(
        rig.folder.resolve("token"), "credence-join-v1.secretsecret".getBytes(UTF_8));
    assertThatExceptionOfType(StartException.class)
        .isThrownBy(() -> CredenceNode.start(rig.config(), rig.seams(), rig.server))
        .withMessageContaining("token")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secretsecret"));
  }

  @Test
  void withoutTokenAndSvidThereIsNoStart() {
    assertRefused(
        with(new NodeConfig.Server(Optional.empty(), List.of(), Optional.empty())),
        "belongs to no server yet: join_token_file is not set");
    assertRefused(
        with(
            new NodeConfig.Server(
                Optional.empty(), List.of(), Optional.of(Path.of("/nowhere/token")))),
        "/nowhere/token, which is not there");
  }

  @Test
  void aTokenForAnotherTrustDomainIsNotUsed() {
    assertRefused(
        with(
            new NodeConfig.Server(
                Optional.of(TrustDomain.parse("other.example")),
                List.of(),
                Optional.of(rig.tokenFile()))),
        "the join token is for trust domain test.example (expected: other.example");
  }

  @Test
  void aDataFolderInUseIsNotTaken() {
    rig.startAndWait();
    assertThatExceptionOfType(StartException.class)
        .isThrownBy(() -> CredenceNode.start(rig.config(), rig.seams(), rig.server))
        .withMessageContaining("in use by another process");
    assertThat(rig.fetch().end().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
  }

  @Test
  void aNewerDataFolderIsNotTaken() throws IOException {
    rig.startAndWait();
    rig.node().close();
    Files.writeString(data().resolve("format"), "credence-node 99\n");
    assertRefused(rig.config(), "from a newer credence-node");
  }

  @Test
  void aSocketInUseIsNotStolen() throws IOException {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    NodeConfig usual = rig.config();
    var second =
        new NodeConfig(
            usual.server(),
            rig.folder.resolve("data2"),
            usual.socket(),
            usual.recheckInterval(),
            usual.log(),
            usual.limits(),
            usual.metrics());
    assertThatExceptionOfType(StartException.class)
        .isThrownBy(() -> CredenceNode.start(second, rig.seams(), rig.server))
        .withMessageContaining("in use by another process");
    assertThat(rig.fetch().message().getSvidsCount()).isEqualTo(1);
  }

  @Test
  void aTokenOfAServerThatWasSetUpAnewIsUsed() throws Exception {
    rig.startAndWait();
    rig.node().close();
    try (FakeServer other = new FakeServer(rig.time)) {
      PrivateFiles.writeAtomically(
          rig.folder.resolve("token"), other.token.reveal().getBytes(UTF_8));
      try (CredenceNode again = CredenceNode.start(rig.config(), rig.seams(), other)) {
        again.ready().join();
        assertThat(other.attests).hasSize(1);
      }
    }
  }

  @Test
  void aTokenOfTheSameServerIsLeftAlone() throws Exception {
    rig.startAndWait();
    rig.node().close();
    Path token = rig.newToken().tokenFile();
    rig.startAndWait();
    assertThat(rig.server.attests).hasSize(1);
    assertThat(token).exists();
  }

  @Test
  void aDamagedSvidIsSaid() throws IOException {
    rig.startAndWait();
    rig.node().close();
    Files.writeString(data().resolve("node.pem"), "nonsense");
    assertRefused(rig.config(), "node.pem is damaged");
  }
}
