package dev.credence.server.rpc;

import dev.credence.proto.admin.v1.CreateSubjectRequest;
import dev.credence.proto.admin.v1.GetSubjectRequest;
import dev.credence.proto.admin.v1.ListSubjectsRequest;
import dev.credence.proto.admin.v1.ListSubjectsResponse;
import dev.credence.proto.admin.v1.Subject;
import dev.credence.proto.admin.v1.SubjectsGrpc;
import dev.credence.server.core.ServerCore;
import dev.credence.server.core.ServerException;
import io.grpc.stub.StreamObserver;

/// `credence.admin.v1.Subjects`: agents and services.
final class SubjectsService extends SubjectsGrpc.SubjectsImplBase {
  private final ServerCore core;

  SubjectsService(ServerCore core) {
    this.core = core;
  }

  @Override
  public void createSubject(CreateSubjectRequest request, StreamObserver<Subject> observer) {
    Unary.answer(
        observer,
        scope ->
            AdminMessages.of(
                core.createSubject()
                    .run(
                        scope.caller().actor(),
                        Fields.requestId(request.getRequestId()),
                        AdminMessages.newSubject(request),
                        request.getReason())));
  }

  @Override
  public void getSubject(GetSubjectRequest request, StreamObserver<Subject> observer) {
    Unary.answer(
        observer,
        scope ->
            AdminMessages.of(
                core.queries()
                    .as(scope.caller().actor())
                    .subject(
                        CommonMessages.subjectKind(request.getKind()),
                        Fields.reference("reference", request.getReference()))));
  }

  @Override
  public void listSubjects(
      ListSubjectsRequest request, StreamObserver<ListSubjectsResponse> observer) {
    Unary.answer(observer, scope -> list(request, scope));
  }

  private ListSubjectsResponse list(ListSubjectsRequest request, CallScope scope)
      throws ServerException {
    var page =
        core.queries()
            .as(scope.caller().actor())
            .subjects(
                CommonMessages.subjectKind(request.getKind()),
                Fields.page(request.getPageSize(), request.getPageToken()));
    return ListSubjectsResponse.newBuilder()
        .addAllSubjects(page.items().stream().map(AdminMessages::of).toList())
        .setNextPageToken(page.next().orElse(""))
        .build();
  }
}
