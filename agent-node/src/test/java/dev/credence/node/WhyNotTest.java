package dev.credence.node;

import static dev.credence.node.NodeRig.OWN_UID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.credence.certs.Id;
import dev.credence.platform.linux.BootClock;
import dev.credence.platform.linux.PeerCredentials;
import dev.credence.platform.linux.Pidfd;
import dev.credence.platform.linux.ProcessMark;
import dev.credence.proto.local.v1.ExplainRequest;
import dev.credence.proto.local.v1.Explanation;
import dev.credence.transport.Peer;
import io.grpc.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whoever asks why a process has no identity is told, and the log is not filled by it.
@Timeout(60)
class WhyNotTest {
  private static final String REFUSAL =
      "agent a-team-with-a-long-name/an-agent-with-a-long-name: its process runs as uid 0, which"
          + " administers this server (expected: a uid of its own, another host or container, or dev"
          + " mode)";

  private final NodeRig rig = new NodeRig();

  @AfterEach
  void close() {
    rig.close();
  }

  private Explanation explain() {
    return rig.local().explain(ExplainRequest.getDefaultInstance());
  }

  @ParameterizedTest
  @CsvSource({
    "suspended, it is suspended, credence node resume",
    "banned, it is banned, that is for good",
    "evicted, it was evicted, put a new token"
  })
  void aNodeOutOfServiceSaysWhichAndWhatToDo(String state, String told, String todo) {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var open = rig.fetch();
    open.message();
    rig.server.decide(state);
    assertThat(open.end().getDescription())
        .startsWith("no identity issued: the server does not accept this node: " + told);
    assertOutOfService(state, todo);
    // After a restart it has heard nothing else.
    rig.node().close();
    rig.startWithoutToken();
    NodeRig.await("the server's word", () -> explain().getShutOut());
    assertOutOfService(state, todo);
    assertThat(rig.fetch().end().getDescription()).contains(told);
  }

  @Test
  void whichWayItIsOutOfServiceIsAskedAtOnce() {
    rig.startAndWait();
    var began = rig.time.instant();
    rig.server.takeOut("evicted");
    NodeRig.await(
        "the state",
        () -> {
          rig.time.advance(Duration.ofMillis(10));
          return explain().getNodeProblem().contains(": evicted (expected: active");
        });
    assertThat(rig.server.opens).hasSizeLessThanOrEqualTo(3);
    assertThat(began.plusSeconds(15)).isAfter(rig.time.instant());
  }

  private void assertOutOfService(String state, String todo) {
    assertThat(explain().getShutOut()).isTrue();
    assertThat(explain().getNodeProblem())
        .startsWith("the server does not accept this node, so nothing is served")
        .contains(state, todo);
  }

  @Test
  void aNewProcessIsToldThatTheServerIsAwayAndSinceWhen() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    assertThat(explain().getNodeProblem()).isEmpty();
    rig.time.advance(Duration.ofNanos(1_234_567));
    var since = rig.time.instant().truncatedTo(ChronoUnit.SECONDS);
    rig.server.goAway();
    NodeRig.await("the loss", () -> !explain().getNodeProblem().isEmpty());
    rig.time.advance(Duration.ofSeconds(5));
    assertThat(explain().getNodeProblem())
        .startsWith("the server is not reached since " + since + ": ")
        .endsWith("what is valid stays in force, and nothing new is issued");
    var asked = rig.fetch();
    assertThat(asked.end())
        .satisfies(end -> {
          assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
          assertThat(end.getDescription())
              .isEqualTo("the server is not reached since " + since + "; try again");
        });
    assertThat(explain().getMatches(0).getNotIssued()).startsWith("the server cannot be reached");
    rig.server.start();
    NodeRig.await(
        "the server back",
        () -> {
          rig.time.advance(Duration.ofSeconds(1));
          return explain().getNodeProblem().isEmpty();
        });
    rig.fetch().message();
    assertThat(explain().getMatches(0).getNotIssued()).isEmpty();
  }

  @Test
  void aNodeThatNeverReachedItsServerSaysSo() {
    rig.server.goAway();
    rig.start();
    NodeRig.await(
        "the line", () -> explain().getNodeProblem().startsWith("the server is not reached since"));
  }

  @Test
  void theServersRefusalOfAnExecutionIsSaidWholeUntilItIsServed() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    rig.server.failNext(Status.PERMISSION_DENIED.withDescription(REFUSAL));
    assertThat(rig.fetch().end().getDescription()).endsWith("(credence explain says why)");
    assertThat(explain().getMatches(0).getExecutionId()).isEmpty();
    assertThat(explain().getMatches(0).getNotIssued())
        .startsWith("the server refused it")
        .contains(REFUSAL);
    rig.fetch().message();
    assertThat(explain().getMatches(0).getNotIssued()).isEmpty();
  }

  @Test
  void anEvictedMachineJoinsAnewWithANewTokenInTheSameFile() throws Exception {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    String serial = NodeRig.serial(rig.fetch().message());
    rig.server.decide("evicted");
    NodeRig.await("the eviction", () -> explain().getShutOut());
    rig.node().close();
    Id before = rig.server.node();
    var key = NodeRig.take(rig.server.attests).getParams().getCsr();
    rig.newToken().tokenFile();
    rig.start();
    rig.node().ready().get(20, java.util.concurrent.TimeUnit.SECONDS);
    var joined = NodeRig.take(rig.server.attests);
    assertThat(TestAuthority.keyOf(joined.getParams().getCsr().toByteArray()))
        .isNotEqualTo(TestAuthority.keyOf(key.toByteArray()));
    assertThat(rig.server.node()).isNotEqualTo(before);
    assertThat(rig.folder.resolve("token")).doesNotExist();
    assertThat(NodeRig.serial(rig.fetch().message())).isNotEqualTo(serial);
    assertThat(explain().getNodeProblem()).isEmpty();
    rig.restart();
    assertThat(rig.server.attests).isEmpty();
    rig.fetch().message();
  }

  @Test
  void anEvictedMachineThatRunsTakesTheTokenThatIsBroughtLater() throws Exception {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    rig.server.decide("evicted");
    NodeRig.await("the eviction", () -> explain().getShutOut());
    rig.newToken().tokenFile();
    NodeRig.await(
        "another node",
        () -> {
          rig.time.advance(Duration.ofSeconds(1));
          return rig.server.attests.size() == 2;
        });
    // This server takes the old node's stream, too, until the new one's is opened.
    NodeRig.await("its token to be used up", () -> Files.notExists(rig.folder.resolve("token")));
    NodeRig.await("an answer", this::isServed);
    assertThat(rig.fetch().message().getSvidsCount()).isEqualTo(1);
  }

  private boolean isServed() {
    try {
      return rig.fetch().message().getSvidsCount() == 1;
    } catch (AssertionError e) {
      return false; // not yet: it ended
    }
  }

  @ParameterizedTest
  @CsvSource({"suspended", "banned"})
  void whoIsNotEvictedDoesNotJoinAnew(String state) {
    rig.startAndWait();
    rig.newToken().tokenFile();
    rig.server.decide(state);
    NodeRig.await("the decision", () -> explain().getShutOut());
    rig.advance(Duration.ofMinutes(1), Duration.ofSeconds(1));
    assertThat(rig.server.attests).as("the first contact").hasSize(1);
    assertThat(rig.folder.resolve("token")).exists();
  }

  @Test
  void aTokenThatTheServerRefusesIsTriedOnceAndSaid() {
    rig.startAndWait();
    rig.newToken().tokenFile();
    rig.server.refuseAttest(Status.PERMISSION_DENIED.withDescription("not attested"));
    rig.server.decide("evicted");
    NodeRig.await("the refusal", () -> explain().getNodeProblem().contains("could not join anew"));
    rig.advance(Duration.ofMinutes(1), Duration.ofSeconds(1));
    assertThat(rig.server.attests).hasSize(2);
    assertThat(explain().getNodeProblem()).contains("evicted", "refused the join token");
  }

  @Test
  void aCallWhoseConnectionIsOverIsNoFailure() throws Exception {
    int pid = (int) ProcessHandle.current().pid();
    try (Pidfd pidfd = Pidfd.open(pid)) {
      int gid = (int) Files.getAttribute(Path.of("/proc/self"), "unix:gid");
      var credentials = new PeerCredentials(pid, ownUid(), gid);
      var caller =
          Caller.of(
              new Peer(
                  credentials,
                  Optional.of(pidfd),
                  BootClock.system().nanos(),
                  Optional.of(ProcessMark.read(pid))));
      caller.close();
      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(caller::hold)
          .satisfies(e ->
              assertThat(e.standing()).isEqualTo(new Standing.NotNow("the connection is over")));
    }
  }

  private static int ownUid() {
    return Integer.parseInt(OWN_UID.substring(OWN_UID.lastIndexOf(':') + 1));
  }

  // --- what is kept is bounded ---

  private static CallException refused() {
    return new CallException(CallException.Kind.REFUSED, "no");
  }

  private static Attestation of(int pid, int uid) {
    return new Attestation(
        new ProcessMark("boot", 1, pid, 1, 1, 1, 1, 1, 1),
        new Attestation.Owner(uid, uid),
        "/bin/x",
        List.of(),
        List.of(),
        dev.credence.certs.Isolation.SHARED_UID);
  }

  @Test
  void reasonsAreBoundedAndOneUserDisplacesItsOwnOnly() {
    var unissued = new Unissued(rig.time, _ -> true);
    var match = new Match(Registrations.of(1, "unix:uid:1"), dev.credence.certs.CodeAssurance.NONE);
    unissued.failed(match, of(1, 1), refused());
    for (int pid = 2; pid < 500; pid++) {
      unissued.failed(match, of(pid, 2), refused());
    }
    assertThat(unissued.size()).isEqualTo(1 + Unissued.PER_UID);
    assertThat(unissued.of(of(1, 1).mark(), match.subjectId())).isPresent();
    assertThat(unissued.of(of(2, 2).mark(), match.subjectId())).isEmpty();
    assertThat(unissued.of(of(499, 2).mark(), match.subjectId())).isPresent();
    for (int i = 0; i < 3 * Unissued.CAPACITY; i++) {
      unissued.failed(match, of(1000 + i, 1000 + i), refused());
    }
    assertThat(unissued.size()).isEqualTo(Unissued.CAPACITY);
  }

  @Test
  void whoIsGoneIsForgotten() {
    var unissued = new Unissued(rig.time, pid -> pid == 1);
    var match = new Match(Registrations.of(1, "unix:uid:1"), dev.credence.certs.CodeAssurance.NONE);
    unissued.failed(match, of(1, 1), refused());
    unissued.failed(match, of(2, 1), refused());
    unissued.forgetGone();
    assertThat(unissued.size()).isEqualTo(1);
    unissued.served(match, of(1, 1));
    assertThat(unissued.size()).isZero();
  }

  @Test
  void whatCallersBringAboutIsLoggedOnceInTenSeconds() {
    var log = new CallerLog(rig.time);
    assertThat(log.turn("a")).isEqualTo(OptionalLong.of(0));
    for (int i = 0; i < 100; i++) {
      assertThat(log.turn("a")).isEmpty();
    }
    assertThat(log.turn("b")).isPresent();
    rig.time.advance(CallerLog.WINDOW);
    assertThat(log.turn("a")).isEqualTo(OptionalLong.of(100));
    int said = 0;
    for (int i = 0; i < 5 * CallerLog.CAPACITY; i++) {
      said += log.turn("matter " + i).isPresent() ? 1 : 0;
    }
    assertThat(said).isLessThanOrEqualTo(CallerLog.CAPACITY + 1);
  }
}
