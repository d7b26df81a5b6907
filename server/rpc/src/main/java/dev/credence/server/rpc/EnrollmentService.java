package dev.credence.server.rpc;

import dev.credence.proto.admin.v1.AdministratorSvid;
import dev.credence.proto.admin.v1.EnrollmentGrpc;
import dev.credence.proto.admin.v1.RedeemEnrollmentRequest;
import dev.credence.server.core.ServerCore;
import io.grpc.stub.StreamObserver;

/// `credence.admin.v1.Enrollment`: an administrator's first contact.
final class EnrollmentService extends EnrollmentGrpc.EnrollmentImplBase {
  private static final int LONGEST_SECRET = 64;

  private final ServerCore core;

  EnrollmentService(ServerCore core) {
    this.core = core;
  }

  @Override
  public void redeem(RedeemEnrollmentRequest request, StreamObserver<AdministratorSvid> observer) {
    Unary.answer(
        observer,
        scope -> {
          if (request.getSecret().size() > LONGEST_SECRET) {
            throw Fields.invalid("secret: too long (expected: 16 bytes)");
          }
          return AdministratorMessages.of(
              core.administration()
                  .certificates()
                  .redeem(
                      scope.caller().actor(),
                      Fields.requestId(request.getRequestId()),
                      request.getSecret().toByteArray(),
                      Fields.csr(request.getCsr())),
              core.trust().bundle().bundle());
        });
  }
}
