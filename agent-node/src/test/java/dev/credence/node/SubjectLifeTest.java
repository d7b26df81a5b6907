package dev.credence.node;

import static dev.credence.node.NodeRig.OWN_UID;
import static dev.credence.node.NodeRig.take;
import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.proto.common.v1.ExecutionLifetime;
import dev.credence.proto.workload.X509SVID;
import dev.credence.proto.workload.X509SVIDResponse;
import io.grpc.Status;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What open streams see when an agent is suspended, retired, handed over.
@Timeout(300)
class SubjectLifeTest {
  private final NodeRig rig = new NodeRig();

  @AfterEach
  void close() {
    rig.close();
  }

  private static List<String> ids(X509SVIDResponse message) {
    return message.getSvidsList().stream().map(X509SVID::getSpiffeId).toList();
  }

  @Test
  void theLastIdentityWithheldEndsTheStream_andTheServerHearsWhoseItWas() {
    String registration = rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var stream = rig.fetch();
    stream.message();
    String execution = rig.server.running().getFirst();
    rig.server.withhold(registration, "subject-suspended");
    rig.server.end(execution, "subject-suspended");
    Status end = stream.end();
    assertThat(end.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(end.getDescription()).isEqualTo(Evaluation.NO_IDENTITY);

    assertThat(rig.fetch().end().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    var refusal = take(rig.server.refusals);
    assertThat(refusal.getReason()).isEqualTo("withheld");
    assertThat(refusal.getSubjectId()).isNotEmpty();
    assertThat(refusal.getDetail())
        .isEqualTo("spiffe://test.example/agent/team/a: subject-suspended");
    // The server has ended it: there is nothing to report.
    assertThat(rig.server.ends).isEmpty();
  }

  @Test
  void theEndMayComeFirst() {
    String registration = rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var stream = rig.fetch();
    stream.message();
    rig.server.failNext(Status.PERMISSION_DENIED);
    rig.server.end(rig.server.running().getFirst(), "subject-retired");
    rig.server.withhold(registration, "subject-retired");
    assertThat(stream.end().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(rig.server.running()).isEmpty();
  }

  @Test
  void oneOfTwoWithheldDisappearsFromTheOpenStream_andComesBackOnIt() {
    rig.server.register("a", OWN_UID);
    String second = rig.server.register("b", OWN_UID);
    rig.startAndWait();
    var stream = rig.fetch();
    assertThat(ids(stream.message())).hasSize(2);
    String execution = rig.server.running().getLast();
    rig.server.withhold(second, "owner-suspended");
    rig.server.end(execution, "owner-suspended");
    assertThat(ids(stream.message())).containsExactly("spiffe://test.example/agent/team/a");
    rig.server.withhold(second, "");
    assertThat(ids(stream.message()))
        .containsExactly(
            "spiffe://test.example/agent/team/a", "spiffe://test.example/agent/team/b");
    assertThat(rig.server.running()).hasSize(2).doesNotContain(execution);
  }

  @Test
  void handedOver_theOpenStreamGetsTheNewName() {
    String registration = rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var stream = rig.fetch();
    assertThat(ids(stream.message())).containsExactly("spiffe://test.example/agent/team/a");
    String execution = rig.server.running().getFirst();
    rig.server.rename(registration, "a");
    rig.server.end(execution, "subject-transferred");
    assertThat(ids(stream.message())).containsExactly("spiffe://test.example/agent/other-team/a");
    assertThat(rig.server.running()).hasSize(1).doesNotContain(execution);
  }

  /// Both changes arrive in order: when the second one is on the stream, the first one was seen.
  @Test
  void aChangeOfWhatNoCertificateSaysRenewsNothing() {
    String registration = rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var stream = rig.fetch();
    stream.message();
    rig.server.changeElsewhere(registration);
    String other = rig.server.register("b", OWN_UID);
    assertThat(ids(stream.message())).hasSize(2);
    assertThat(rig.server.renewCalls).hasValue(0);
    rig.server.changeLifetime(other, ExecutionLifetime.EXECUTION_LIFETIME_PROCESS);
    assertThat(ids(stream.message())).hasSize(2);
    assertThat(rig.server.renewCalls).hasValue(1);
  }

  @Test
  void anotherLifetime_theOpenStreamGetsAnotherExecution() {
    String registration = rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var stream = rig.fetch();
    assertThat(ids(stream.message())).containsExactly("spiffe://test.example/agent/team/a");
    String execution = rig.server.running().getFirst();
    rig.server.changeLifetime(registration, ExecutionLifetime.EXECUTION_LIFETIME_SVID);
    rig.server.end(execution, "lifetime-changed");
    assertThat(ids(stream.message())).containsExactly("spiffe://test.example/agent/team/a");
    assertThat(rig.server.running()).hasSize(1).doesNotContain(execution);
  }

  @Test
  void anotherMatchingSetKeepsTheExecution() {
    String first = rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var stream = rig.fetch();
    stream.message();
    String execution = rig.server.running().getFirst();
    rig.server.replaceSet(first, OWN_UID);
    stream.message();
    assertThat(rig.server.running()).containsExactly(execution);
    assertThat(rig.server.ends).isEmpty();
  }
}
