package dev.credence.server.rpc;

import dev.credence.proto.admin.v1.AcceptClockRequest;
import dev.credence.proto.admin.v1.BackupPart;
import dev.credence.proto.admin.v1.BackupRequest;
import dev.credence.proto.admin.v1.ClockStatus;
import dev.credence.proto.admin.v1.GetServerStatusRequest;
import dev.credence.proto.admin.v1.ServerCareGrpc;
import dev.credence.proto.admin.v1.ServerStatus;
import dev.credence.server.core.Care;
import dev.credence.server.core.ServerCore;
import dev.credence.server.core.ServerException;
import dev.credence.server.core.Standing;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/// `credence.admin.v1.ServerCare`.
final class CareService extends ServerCareGrpc.ServerCareImplBase {
  private final ServerCore core;
  private final Care care;
  private final String version;

  CareService(ServerCore core, String version) {
    this.core = core;
    this.care = core.care();
    this.version = version;
  }

  @Override
  public void getServerStatus(
      GetServerStatusRequest request, StreamObserver<ServerStatus> observer) {
    Unary.answer(observer, _ -> status());
  }

  @Override
  public void acceptClock(AcceptClockRequest request, StreamObserver<ServerStatus> observer) {
    Unary.answer(
        observer,
        scope -> {
          care.acceptClock()
              .run(
                  scope.caller().actor(),
                  Fields.requestId(request.getRequestId()),
                  request.getReason());
          return status();
        });
  }

  @Override
  @SuppressWarnings(
      "CatchingUnchecked") // the outer edge of a call: whatever it was goes to the log
  public void backup(BackupRequest request, StreamObserver<BackupPart> observer) {
    CallScope scope = CallScope.current();
    try {
      var taken = care.backup().run(scope.caller().actor(), request.getReason());
      new BackupSession(scope, taken, (ServerCallStreamObserver<BackupPart>) observer).begin();
    } catch (ServerException | RuntimeException | Error e) {
      observer.onError(Errors.toStatus(e, scope));
    }
  }

  private ServerStatus status() {
    Standing standing = care.standing();
    ServerStatus.Builder status =
        ServerStatus.newBuilder()
            .setTrustDomain(core.trustDomain().name())
            .setVersion(version)
            .setServing(standing.problem().isEmpty())
            .setReason(standing.problem().orElse(""))
            .setStartedAt(Fields.timestamp(standing.startedAt()))
            .setDatabase(standing.databaseKind())
            .setClock(of(standing.clock()));
    standing
        .database()
        .ifPresent(stored ->
            status.setEpoch(Fields.bytes(stored.epoch().bytes())).setLastEvent(stored.lastEvent()));
    return status.build();
  }

  private static ClockStatus of(Standing.ClockState clock) {
    ClockStatus.Builder status =
        ClockStatus.newBuilder()
            .setNow(Fields.timestamp(clock.now()))
            .setProblem(clock.problem().orElse(""));
    clock.highest().ifPresent(highest -> status.setHighest(Fields.timestamp(highest)));
    return status.build();
  }
}
