package dev.credence.server.rpc;

import dev.credence.certs.Certificates;
import dev.credence.proto.admin.v1.Bundle;
import dev.credence.proto.admin.v1.GetBundleRequest;
import dev.credence.proto.admin.v1.GetServerInfoRequest;
import dev.credence.proto.admin.v1.ServerInfo;
import dev.credence.proto.admin.v1.TrustGrpc;
import dev.credence.server.core.ServerCore;
import dev.credence.server.core.TrustBundle;
import io.grpc.stub.StreamObserver;

/// `credence.admin.v1.Trust`.
final class TrustService extends TrustGrpc.TrustImplBase {
  private final ServerCore core;
  private final String version;

  TrustService(ServerCore core, String version) {
    this.core = core;
    this.version = version;
  }

  @Override
  public void getBundle(GetBundleRequest request, StreamObserver<Bundle> observer) {
    Unary.answer(observer, _ -> bundle(core.trust().bundle()));
  }

  private static Bundle bundle(TrustBundle trust) {
    Bundle.Builder message =
        Bundle.newBuilder()
            .setTrustDomain(trust.bundle().trustDomain().name())
            .setSequence(trust.sequence())
            .setRefreshHint(Fields.duration(trust.refreshHint()))
            .setJwtBundle(Fields.bytes(trust.jwt().toJwks()));
    trust
        .bundle()
        .authorities()
        .forEach(
            authority -> message.addX509Authorities(Fields.bytes(Certificates.toDer(authority))));
    return message.build();
  }

  @Override
  public void getServerInfo(GetServerInfoRequest request, StreamObserver<ServerInfo> observer) {
    Unary.answer(
        observer,
        _ ->
            ServerInfo.newBuilder()
                .setTrustDomain(core.trustDomain().name())
                .setVersion(version)
                .setAddress(core.settings().address().get().toString())
                .setDevMode(core.settings().dev())
                .build());
  }
}
