package dev.credence.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.proto.admin.v1.CreateSubjectRequest;
import dev.credence.proto.admin.v1.ListNodesResponse;
import dev.credence.proto.admin.v1.ListRequest;
import dev.credence.proto.admin.v1.Node;
import dev.credence.proto.admin.v1.NodesGrpc;
import dev.credence.proto.admin.v1.Subject;
import dev.credence.proto.admin.v1.SubjectsGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What somebody is told who registers an agent where no node is, or who says none.
final class NodeHintsTest {

  @TempDir Path folder;
  private final FakeSubjects subjects = new FakeSubjects();
  private final FakeNodes nodes = new FakeNodes();
  private FakeDaemon daemon;

  @BeforeEach
  void serve() throws Exception {
    daemon = new FakeDaemon(folder.resolve("a.sock"), subjects, nodes);
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  private Cli.Outcome create() {
    return new Cli()
        .admin(daemon.socket())
        .run("agent", "create", "bot", "--owner", "lab", "--selector", "unix:uid:7", "-o", "json");
  }

  @Test
  void noNode_theNextCommandIsNamed_besideTheAnswer() {
    var outcome = create();
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).startsWith("{").doesNotContain("node token");
    assertThat(outcome.err()).hasLineCount(1).contains("credence node token create");
  }

  @Test
  void aNode_nothingIsSaid() {
    nodes.answer = ListNodesResponse.newBuilder().addNodes(Node.newBuilder().setId("n")).build();
    assertThat(create().err()).isEmpty();
  }

  @Test
  void nodesThatCannotBeSeen_areNoFailureOfWhatIsDone() {
    nodes.failure = Status.UNAVAILABLE.withDescription("the database cannot be read");
    var outcome = create();
    assertThat(outcome.code()).isZero();
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  void noWordOnNodes_theOptionsAreNamed() {
    subjects.failure =
        Status.INVALID_ARGUMENT.withDescription(
            "node selectors: none (expected: at least one node:label:KEY:VALUE or node:id:ID, or any node)");
    var outcome = create();
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).hasLineCount(2).contains("--node-selector", "--any-node");
    subjects.failure = Status.ALREADY_EXISTS.withDescription("agent lab/bot: exists");
    assertThat(create().err()).hasLineCount(1).doesNotContain("--any-node");
  }

  private static final class FakeSubjects extends SubjectsGrpc.SubjectsImplBase {
    private volatile Status failure = Status.OK;

    @Override
    public void createSubject(CreateSubjectRequest request, StreamObserver<Subject> observer) {
      if (!failure.isOk()) {
        observer.onError(failure.asRuntimeException());
        return;
      }
      observer.onNext(Subject.newBuilder().setName(request.getName()).build());
      observer.onCompleted();
    }
  }

  private static final class FakeNodes extends NodesGrpc.NodesImplBase {
    private volatile Status failure = Status.OK;
    private volatile ListNodesResponse answer = ListNodesResponse.getDefaultInstance();

    @Override
    public void listNodes(ListRequest request, StreamObserver<ListNodesResponse> observer) {
      if (!failure.isOk()) {
        observer.onError(failure.asRuntimeException());
        return;
      }
      observer.onNext(answer);
      observer.onCompleted();
    }
  }
}
