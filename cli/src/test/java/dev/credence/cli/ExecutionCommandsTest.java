package dev.credence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.credence.proto.admin.v1.CreateJoinTokenRequest;
import dev.credence.proto.admin.v1.CreateJoinTokenResponse;
import dev.credence.proto.admin.v1.EndExecutionRequest;
import dev.credence.proto.admin.v1.Execution;
import dev.credence.proto.admin.v1.ExecutionsGrpc;
import dev.credence.proto.admin.v1.GetRequest;
import dev.credence.proto.admin.v1.ListExecutionsRequest;
import dev.credence.proto.admin.v1.ListExecutionsResponse;
import dev.credence.proto.admin.v1.ListNodesResponse;
import dev.credence.proto.admin.v1.ListRequest;
import dev.credence.proto.admin.v1.Node;
import dev.credence.proto.admin.v1.NodesGrpc;
import dev.credence.proto.common.v1.AttestationRecord;
import dev.credence.proto.common.v1.AttestedProperty;
import dev.credence.proto.common.v1.CodeAssurance;
import dev.credence.proto.common.v1.ExecutionKind;
import dev.credence.proto.common.v1.Isolation;
import dev.credence.proto.common.v1.Process;
import dev.credence.proto.common.v1.ProcessMark;
import dev.credence.proto.common.v1.Selector;
import dev.credence.proto.common.v1.SubjectKind;
import dev.credence.proto.local.v1.ExplainRequest;
import dev.credence.proto.local.v1.Explanation;
import dev.credence.proto.local.v1.Failed;
import dev.credence.proto.local.v1.Gap;
import dev.credence.proto.local.v1.LocalGrpc;
import dev.credence.proto.local.v1.Match;
import dev.credence.proto.local.v1.NearMiss;
import dev.credence.proto.local.v1.SelectorsRequest;
import dev.credence.proto.local.v1.SelectorsSeen;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Executions, nodes, and what a node sees of a process.
final class ExecutionCommandsTest {

  private static final Selector PATH =
      Selector.newBuilder().setType("unix").setName("path").setValue("/bin/a").build();
  private static final AttestationRecord SEEN =
      AttestationRecord.newBuilder()
          .setProcess(
              Process.newBuilder()
                  .setMark(ProcessMark.newBuilder().setPid(42))
                  .setUid(1000)
                  .setGid(1001)
                  .setExecutable("/bin/a\u001b[2J"))
          .addProperties(
              AttestedProperty.newBuilder()
                  .setSelector(PATH)
                  .setCode(CodeAssurance.CODE_ASSURANCE_FILE)
                  .setSource("/proc/PID/exe")
                  .setControlledBy("file"))
          .setCode(CodeAssurance.CODE_ASSURANCE_FILE)
          .setIsolation(Isolation.ISOLATION_SHARED_UID)
          .build();

  @TempDir Path folder;
  private final FakeServices services = new FakeServices();
  private FakeDaemon daemon;

  @BeforeEach
  void serve() throws Exception {
    daemon =
        new FakeDaemon(
            folder.resolve("a.sock"), services.executions(), services.nodes(), services.local());
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  @Test
  void list_sendsTheFilters_andShowsAssurance() {
    var outcome = run("execution", "list", "--agent", "planner", "--all");

    assertThat(outcome.out())
        .contains("travel/planner")
        .contains("file")
        .contains("shared-uid")
        .contains("42");
    var request = (ListExecutionsRequest) services.asked.get();
    assertThat(request.getSubject()).isEqualTo("planner");
    assertThat(request.getAll()).isTrue();
  }

  @Test
  void show_printsWhatWasAttested_andNothingThatMovesTheCursor() {
    var outcome = run("execution", "show", "xyz");

    assertThat(outcome.out().replaceAll(" +", " "))
        .contains("Execution xyz\n")
        .contains("Ended no, it is running\n")
        .contains(" Executable /bin/a\\u001b[2J (as shown by the kernel; not proof)\n")
        .contains(" unix:path:/bin/a /proc/PID/exe (controlled by: file, code: file)\n");
  }

  @Test
  void selectors_showsWhatCouldBeNamed_andWhatNot() {
    var outcome = new Cli().node(daemon.socket()).run("selectors", "--pid", "42");

    assertThat(outcome.code()).isZero();
    assertThat(outcome.out().replaceAll(" +", " "))
        .contains("SELECTOR CODE CONTROLLED BY READ FROM\n")
        .contains("unix:path:/bin/a file file /proc/PID/exe\n")
        .contains("isolation: shared-uid\n")
        .contains("NOT ATTESTED WHY\nprocess:lsm there is\\u001b[2J none\n");
    assertThat(((SelectorsRequest) services.asked.get()).getPid()).isEqualTo(42);
  }

  @Test
  void end_sendsTheReason() {
    var outcome = run("execution", "end", "xyz", "--reason", "odd");

    var request = (EndExecutionRequest) services.asked.get();
    assertThat(request.getExecutionId()).isEqualTo("xyz");
    assertThat(request.getReason()).isEqualTo("odd");
    assertThat(request.getRequestId().size()).isEqualTo(16);
    assertThat(outcome.out().replaceAll(" +", " "))
        .contains("Why odd\n")
        .contains("Ended 1970-01-01T01:01:40+01:00\n");
  }

  @Test
  void tokenCreate_printsTheTokenAlone() {
    var outcome =
        run("node", "token", "create", "--ttl", "5m", "--label", "role=gpu", "--label", "zone=a");

    assertThat(outcome.out()).isEqualTo("credence-join-v1.secret\n");
    assertThat(outcome.err()).isEqualTo("valid until 1970-01-01T01:01:40+01:00\n");
    var request = (CreateJoinTokenRequest) services.asked.get();
    assertThat(request.getTtl().getSeconds()).isEqualTo(300);
    assertThat(request.getLabelsMap()).containsEntry("role", "gpu").containsEntry("zone", "a");
  }

  @Test
  void nodes_areListedAndShown() {
    assertThat(run("node", "list").out())
        .contains("nnn")
        .contains("active")
        .contains("zone=a")
        .contains("yes");
    assertThat(run("node", "show", "nnn").out().replaceAll(" +", " "))
        .contains("Node nnn\n")
        .contains("Connected yes\n");
  }

  @Test
  void explain_namesTheNearestRegistrationAndWhatFailed() {
    var outcome = new Cli().node(daemon.socket()).run("explain", "--pid", "42");

    assertThat(((ExplainRequest) services.asked.get()).getPid()).isEqualTo(42);
    assertThat(outcome.out().replaceAll(" +", " "))
        .contains("Process 42\n")
        .contains("Outcome no registration matches: no identity\n")
        .contains("Nearest: spiffe://td/agent/travel/planner\n")
        .contains(" Failed unix:path:/bin/a (seen: /bin/b)\n")
        .contains("code assurance is claimed (expected: at least file)\n");
  }

  @Test
  void explain_saysWhyAProcessThatMatchesHasNothing() {
    services.explanation =
        Explanation.newBuilder()
            .setAttestation(SEEN)
            .setSynchronised(true)
            .addMatches(
                Match.newBuilder()
                    .setSpiffeId("spiffe://td/agent/travel/planner")
                    .setNotIssued("the server refused it: uid 0"))
            .build();
    assertThat(explained())
        .contains("Outcome it matches, but was given no certificate: no identity so far\n")
        .contains(" No certificate the server refused it: uid 0\n");
    services.explanation =
        services.explanation.toBuilder().setShutOut(true).setNodeProblem("evicted").build();
    assertThat(explained())
        .contains("Node evicted\n")
        .contains("Outcome the server does not accept this node: no identity\n");
  }

  private String explained() {
    var outcome = new Cli().node(daemon.socket()).run("explain", "--pid", "42");
    return outcome.out().replaceAll(" +", " ");
  }

  @Test
  void explain_withoutAPid_isAUsageError() {
    assertThat(new Cli().node(daemon.socket()).run("explain").code()).isEqualTo(2);
    assertThat(new Cli().node(daemon.socket()).run("explain", "--pid", "0").code()).isEqualTo(2);
  }

  private Cli.Outcome run(String... args) {
    var outcome = new Cli().admin(daemon.socket()).run(args);
    assertThat(outcome.code()).isZero();
    return outcome;
  }

  /// Answers with fixed things and remembers the last request.
  private static final class FakeServices {
    private final AtomicReference<Object> asked = new AtomicReference<>();

    private <A> void answer(Object request, A answer, StreamObserver<A> to) {
      asked.set(request);
      to.onNext(answer);
      to.onCompleted();
    }

    private static Execution.Builder execution(String id) {
      return Execution.newBuilder()
          .setId(id)
          .setKind(ExecutionKind.EXECUTION_KIND_PROCESS)
          .setSubjectKind(SubjectKind.SUBJECT_KIND_AGENT)
          .setOwner("travel")
          .setAgent("planner")
          .setProcess(SEEN.getProcess())
          .setCode(SEEN.getCode())
          .setIsolation(SEEN.getIsolation())
          .setAttestation(SEEN);
    }

    private static Node node() {
      return Node.newBuilder()
          .setId("nnn")
          .setState("active")
          .putLabels("zone", "a")
          .setConnected(true)
          .build();
    }

    ExecutionsGrpc.ExecutionsImplBase executions() {
      return new ExecutionsGrpc.ExecutionsImplBase() {
        @Override
        public void getExecution(GetRequest request, StreamObserver<Execution> to) {
          answer(request, execution(request.getReference()).build(), to);
        }

        @Override
        public void listExecutions(
            ListExecutionsRequest request, StreamObserver<ListExecutionsResponse> to) {
          answer(
              request,
              ListExecutionsResponse.newBuilder().addExecutions(execution("xyz")).build(),
              to);
        }

        @Override
        public void endExecution(EndExecutionRequest request, StreamObserver<Execution> to) {
          var ended =
              execution(request.getExecutionId())
                  .setEndedAt(Timestamp.newBuilder().setSeconds(100));
          answer(request, ended.setEndReason(request.getReason()).build(), to);
        }
      };
    }

    NodesGrpc.NodesImplBase nodes() {
      return new NodesGrpc.NodesImplBase() {
        @Override
        public void createJoinToken(
            CreateJoinTokenRequest request, StreamObserver<CreateJoinTokenResponse> to) {
          var expires = Timestamp.newBuilder().setSeconds(100);
          answer(
              request,
              CreateJoinTokenResponse.newBuilder()
                  .setToken("credence-join-v1.secret")
                  .setExpiresAt(expires)
                  .build(),
              to);
        }

        @Override
        public void getNode(GetRequest request, StreamObserver<Node> to) {
          answer(request, node(), to);
        }

        @Override
        public void listNodes(ListRequest request, StreamObserver<ListNodesResponse> to) {
          answer(request, ListNodesResponse.newBuilder().addNodes(node()).build(), to);
        }
      };
    }

    private volatile Explanation explanation = Explanation.getDefaultInstance();

    LocalGrpc.LocalImplBase local() {
      return new LocalGrpc.LocalImplBase() {
        @Override
        public void selectors(SelectorsRequest request, StreamObserver<SelectorsSeen> observer) {
          asked.set(request);
          observer.onNext(
              SelectorsSeen.newBuilder()
                  .setAttestation(SEEN)
                  .addGaps(
                      Gap.newBuilder().setKind("process:lsm").setReason("there is\u001b[2J none"))
                  .build());
          observer.onCompleted();
        }

        @Override
        public void explain(ExplainRequest request, StreamObserver<Explanation> to) {
          var miss =
              NearMiss.newBuilder()
                  .setSpiffeId("spiffe://td/agent/travel/planner")
                  .addSelectors(PATH)
                  .addFailed(Failed.newBuilder().setSelector(PATH).addSeen("/bin/b"))
                  .addFailed(
                      Failed.newBuilder()
                          .setDemand("code assurance is claimed (expected: at least file)"));
          if (!explanation.equals(Explanation.getDefaultInstance())) {
            answer(request, explanation, to);
            return;
          }
          answer(
              request,
              Explanation.newBuilder()
                  .setAttestation(SEEN)
                  .addNearest(miss)
                  .setSynchronised(true)
                  .build(),
              to);
        }
      };
    }
  }
}
