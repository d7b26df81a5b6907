package dev.credence.server.rpc;

import dev.credence.proto.admin.v1.Administrator;
import dev.credence.proto.admin.v1.AdministratorSvid;
import dev.credence.proto.admin.v1.OwnAdministratorGrpc;
import dev.credence.proto.admin.v1.RenewAdministratorRequest;
import dev.credence.proto.admin.v1.WhoAmIRequest;
import dev.credence.server.core.ServerCore;
import dev.credence.server.core.ServerException;
import dev.credence.server.core.model.Actor;
import io.grpc.stub.StreamObserver;

/// `credence.admin.v1.OwnAdministrator`: what an administrator over the network asks for itself.
final class OwnAdministratorService extends OwnAdministratorGrpc.OwnAdministratorImplBase {
  private final ServerCore core;

  OwnAdministratorService(ServerCore core) {
    this.core = core;
  }

  @Override
  public void renewSvid(
      RenewAdministratorRequest request, StreamObserver<AdministratorSvid> observer) {
    Unary.answer(
        observer,
        scope ->
            AdministratorMessages.of(
                core.administration()
                    .certificates()
                    .renew(
                        self(scope),
                        Fields.requestId(request.getRequestId()),
                        Fields.csr(request.getCsr())),
                core.trust().bundle().bundle()));
  }

  @Override
  public void whoAmI(WhoAmIRequest request, StreamObserver<Administrator> observer) {
    Unary.answer(
        observer, scope -> AdministratorMessages.of(core.administration().self(self(scope))));
  }

  private static Actor.Administrator self(CallScope scope) throws ServerException {
    if (scope.caller() instanceof Caller.Administrator administrator) {
      return administrator.actor();
    }
    throw new ServerException(
        ServerException.Kind.REFUSED,
        scope.caller().actor().label() + ": no administrator over the network");
  }
}
