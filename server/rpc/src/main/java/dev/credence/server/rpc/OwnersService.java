package dev.credence.server.rpc;

import dev.credence.proto.admin.v1.CreateOwnerRequest;
import dev.credence.proto.admin.v1.GetRequest;
import dev.credence.proto.admin.v1.ListOwnersResponse;
import dev.credence.proto.admin.v1.ListRequest;
import dev.credence.proto.admin.v1.Owner;
import dev.credence.proto.admin.v1.OwnersGrpc;
import dev.credence.server.core.CreateOwner.NewOwner;
import dev.credence.server.core.ServerCore;
import dev.credence.server.core.ServerException;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.function.IntFunction;

/// `credence.admin.v1.Owners`.
final class OwnersService extends OwnersGrpc.OwnersImplBase {
  private final ServerCore core;
  private final IntFunction<Optional<String>> userNames;

  OwnersService(ServerCore core, IntFunction<Optional<String>> userNames) {
    this.core = core;
    this.userNames = userNames;
  }

  @Override
  public void createOwner(CreateOwnerRequest request, StreamObserver<Owner> observer) {
    Unary.answer(
        observer,
        scope ->
            AdminMessages.of(
                core.createOwner()
                    .run(
                        scope.caller().actor(),
                        Fields.requestId(request.getRequestId()),
                        newOwner(request, scope),
                        request.getReason())));
  }

  private NewOwner newOwner(CreateOwnerRequest request, CallScope scope) {
    String callerName =
        scope.caller() instanceof Caller.Local local ? userNames.apply(local.uid()).orElse("") : "";
    return new NewOwner(
        request.getName(),
        request.getDisplayName(),
        request.getContact(),
        request.getHuman(),
        callerName,
        request.getParent());
  }

  @Override
  public void getOwner(GetRequest request, StreamObserver<Owner> observer) {
    Unary.answer(
        observer,
        scope ->
            AdminMessages.of(
                core.queries()
                    .as(scope.caller().actor())
                    .owner(Fields.reference("reference", request.getReference()))));
  }

  @Override
  public void listOwners(ListRequest request, StreamObserver<ListOwnersResponse> observer) {
    Unary.answer(observer, scope -> list(request, scope));
  }

  private ListOwnersResponse list(ListRequest request, CallScope scope) throws ServerException {
    var page =
        core.queries()
            .as(scope.caller().actor())
            .owners(Fields.page(request.getPageSize(), request.getPageToken()));
    return ListOwnersResponse.newBuilder()
        .addAllOwners(page.items().stream().map(AdminMessages::of).toList())
        .setNextPageToken(page.next().orElse(""))
        .build();
  }
}
