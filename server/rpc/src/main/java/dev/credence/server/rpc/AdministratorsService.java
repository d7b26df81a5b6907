package dev.credence.server.rpc;

import dev.credence.proto.admin.v1.Administrator;
import dev.credence.proto.admin.v1.AdministratorChange;
import dev.credence.proto.admin.v1.AdministratorLifeRequest;
import dev.credence.proto.admin.v1.AdministratorsGrpc;
import dev.credence.proto.admin.v1.CreateEnrollmentTokenRequest;
import dev.credence.proto.admin.v1.EnrollAdministratorRequest;
import dev.credence.proto.admin.v1.EnrollAdministratorResponse;
import dev.credence.proto.admin.v1.GetRequest;
import dev.credence.proto.admin.v1.ListAdministratorsResponse;
import dev.credence.proto.admin.v1.ListRequest;
import dev.credence.proto.admin.v1.UpdateAdministratorRequest;
import dev.credence.server.core.Administration;
import dev.credence.server.core.AdministratorView;
import dev.credence.server.core.ChangeAsk;
import dev.credence.server.core.Changed;
import dev.credence.server.core.ServerException;
import dev.credence.server.core.model.Actor;
import io.grpc.stub.StreamObserver;

/// `credence.admin.v1.Administrators`.
final class AdministratorsService extends AdministratorsGrpc.AdministratorsImplBase {
  private final Administration administration;

  AdministratorsService(Administration administration) {
    this.administration = administration;
  }

  @Override
  public void enrollAdministrator(
      EnrollAdministratorRequest request, StreamObserver<EnrollAdministratorResponse> observer) {
    Unary.answer(
        observer,
        scope ->
            AdministratorMessages.of(
                administration
                    .enroll()
                    .run(
                        scope.caller().actor(),
                        Fields.requestId(request.getRequestId()),
                        AdministratorMessages.asked(request),
                        request.getReason())));
  }

  @Override
  public void createEnrollmentToken(
      CreateEnrollmentTokenRequest request, StreamObserver<EnrollAdministratorResponse> observer) {
    Unary.answer(
        observer,
        scope ->
            AdministratorMessages.of(
                administration
                    .enroll()
                    .token(
                        scope.caller().actor(),
                        Fields.requestId(request.getRequestId()),
                        Fields.reference("reference", request.getReference()),
                        Fields.duration("token_ttl", request.hasTokenTtl(), request.getTokenTtl()),
                        request.getReason())));
  }

  @Override
  public void getAdministrator(GetRequest request, StreamObserver<Administrator> observer) {
    Unary.answer(
        observer,
        scope ->
            AdministratorMessages.of(
                administration.show(
                    scope.caller().actor(),
                    Fields.reference("reference", request.getReference()))));
  }

  @Override
  public void listAdministrators(
      ListRequest request, StreamObserver<ListAdministratorsResponse> observer) {
    Unary.answer(
        observer,
        scope -> {
          var page =
              administration.list(
                  scope.caller().actor(),
                  Fields.page(request.getPageSize(), request.getPageToken()));
          return ListAdministratorsResponse.newBuilder()
              .addAllAdministrators(page.items().stream().map(AdministratorMessages::of).toList())
              .setNextPageToken(page.next().orElse(""))
              .build();
        });
  }

  @Override
  public void updateAdministrator(
      UpdateAdministratorRequest request, StreamObserver<AdministratorChange> observer) {
    Unary.answer(
        observer,
        scope ->
            AdministratorMessages.change(
                administration
                    .changes()
                    .update(
                        scope.caller().actor(),
                        LifeMessages.ask(request.getOptions()),
                        Fields.reference("reference", request.getReference()),
                        AdministratorMessages.patch(request))));
  }

  /// A step of an administrator's life.
  private interface Step {
    Changed<AdministratorView> take(Actor actor, ChangeAsk ask, String reference)
        throws ServerException;
  }

  private static void step(
      AdministratorLifeRequest request, StreamObserver<AdministratorChange> observer, Step step) {
    Unary.answer(
        observer,
        scope ->
            AdministratorMessages.change(
                step.take(
                    scope.caller().actor(),
                    LifeMessages.ask(request.getOptions()),
                    Fields.reference("reference", request.getReference()))));
  }

  @Override
  public void suspendAdministrator(
      AdministratorLifeRequest request, StreamObserver<AdministratorChange> observer) {
    step(request, observer, administration.changes()::suspend);
  }

  @Override
  public void resumeAdministrator(
      AdministratorLifeRequest request, StreamObserver<AdministratorChange> observer) {
    step(request, observer, administration.changes()::resume);
  }

  @Override
  public void removeAdministrator(
      AdministratorLifeRequest request, StreamObserver<AdministratorChange> observer) {
    step(request, observer, administration.changes()::remove);
  }
}
