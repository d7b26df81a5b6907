package dev.credence.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.proto.node.v1.AttestResponse;
import dev.credence.proto.node.v1.NodeAttestationGrpc;
import dev.credence.server.rig.RpcRig;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who shows no SVID and says nothing makes room for others.
class SilentCallTest {
  private static final long SECONDS = 20;

  @Test
  void aCallWithoutAWord_isEnded_longBeforeTheLongestCall(@TempDir Path folder) throws Exception {
    try (RpcRig rig = new RpcRig(folder)) {
      var ended = new CompletableFuture<Status>();
      var _ = NodeAttestationGrpc.newStub(rig.anonymous()).attest(new Waiting(ended));
      Status status = ended.get(SECONDS, TimeUnit.SECONDS);
      assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(status.getDescription()).isEqualTo("nothing was sent within 5 s");
    }
  }

  private record Waiting(CompletableFuture<Status> ended)
      implements StreamObserver<AttestResponse> {
    @Override
    public void onNext(AttestResponse message) {}

    @Override
    public void onError(Throwable error) {
      ended.complete(Status.fromThrowable(error));
    }

    @Override
    public void onCompleted() {
      ended.complete(Status.OK);
    }
  }
}
