package dev.credence.server.rpc;

import dev.credence.proto.admin.v1.EndExecutionRequest;
import dev.credence.proto.admin.v1.Execution;
import dev.credence.proto.admin.v1.ExecutionsGrpc;
import dev.credence.proto.admin.v1.GetRequest;
import dev.credence.proto.admin.v1.ListExecutionsRequest;
import dev.credence.proto.admin.v1.ListExecutionsResponse;
import dev.credence.server.core.ServerCore;
import dev.credence.server.core.ServerException;
import io.grpc.stub.StreamObserver;

/// `credence.admin.v1.Executions`.
final class ExecutionsService extends ExecutionsGrpc.ExecutionsImplBase {
  private final ServerCore core;

  ExecutionsService(ServerCore core) {
    this.core = core;
  }

  @Override
  public void getExecution(GetRequest request, StreamObserver<Execution> observer) {
    Unary.answer(
        observer,
        scope ->
            AdminMessages.withAttestation(
                core.queries()
                    .as(scope.caller().actor())
                    .execution(Fields.reference("reference", request.getReference()))));
  }

  @Override
  public void listExecutions(
      ListExecutionsRequest request, StreamObserver<ListExecutionsResponse> observer) {
    Unary.answer(observer, scope -> list(request, scope));
  }

  private ListExecutionsResponse list(ListExecutionsRequest request, CallScope scope)
      throws ServerException {
    var page =
        core.queries()
            .as(scope.caller().actor())
            .executions(
                Fields.maybeReference("subject", request.getSubject()),
                request.getAll(),
                Fields.page(request.getPageSize(), request.getPageToken()));
    return ListExecutionsResponse.newBuilder()
        .addAllExecutions(page.items().stream().map(AdminMessages::of).toList())
        .setNextPageToken(page.next().orElse(""))
        .build();
  }

  @Override
  public void endExecution(EndExecutionRequest request, StreamObserver<Execution> observer) {
    Unary.answer(
        observer,
        scope ->
            AdminMessages.of(
                core.endExecution()
                    .byAdministrator(
                        scope.caller().actor(),
                        Fields.requestId(request.getRequestId()),
                        Fields.reference("execution_id", request.getExecutionId()),
                        request.getReason())));
  }
}
