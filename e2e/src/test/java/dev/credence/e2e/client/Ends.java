package dev.credence.e2e.client;

import dev.credence.proto.admin.v1.Bar;
import dev.credence.proto.admin.v1.EndsGrpc;
import dev.credence.proto.admin.v1.RevokeExecutionRequest;
import dev.credence.proto.admin.v1.RevokeExecutionResponse;
import dev.credence.proto.admin.v1.UnbarExecutionRequest;

/// Forced ends, over the administrator's socket. Thread-safe.
public record Ends(Admin admin) {

  /// Revokes an execution.
  public RevokeExecutionResponse revoke(String execution) {
    var request =
        RevokeExecutionRequest.newBuilder()
            .setRequestId(RequestIds.next())
            .setExecutionId(execution)
            .build();
    return admin.call(EndsGrpc::newBlockingStub).revokeExecution(request);
  }

  /// Lifts the bar of its agent on its node.
  public Bar unbar(String execution) {
    var request =
        UnbarExecutionRequest.newBuilder()
            .setRequestId(RequestIds.next())
            .setExecutionId(execution)
            .build();
    return admin.call(EndsGrpc::newBlockingStub).unbarExecution(request);
  }
}
