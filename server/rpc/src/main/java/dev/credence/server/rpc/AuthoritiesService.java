package dev.credence.server.rpc;

import dev.credence.certs.Id;
import dev.credence.proto.admin.v1.AuthoritiesGrpc;
import dev.credence.proto.admin.v1.Authority;
import dev.credence.proto.admin.v1.AuthorityChange;
import dev.credence.proto.admin.v1.ChangeAuthorityRequest;
import dev.credence.proto.admin.v1.ListAuthoritiesRequest;
import dev.credence.proto.admin.v1.ListAuthoritiesResponse;
import dev.credence.proto.admin.v1.LiveCertificate;
import dev.credence.proto.admin.v1.PrepareAuthorityRequest;
import dev.credence.server.core.ActivateAuthority;
import dev.credence.server.core.AuthorityCases;
import dev.credence.server.core.AuthorityView;
import dev.credence.server.core.RevokeAuthority;
import dev.credence.server.core.Right;
import dev.credence.server.core.ServerCore;
import dev.credence.server.core.ServerException;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.AuthorityKind;
import dev.credence.server.core.model.AuthorityRecord;
import dev.credence.server.core.model.AuthorityState;
import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.model.RequestId;
import io.grpc.stub.StreamObserver;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/// `credence.admin.v1.Authorities`.
final class AuthoritiesService extends AuthoritiesGrpc.AuthoritiesImplBase {
  private final ServerCore core;
  private final AuthorityCases cases;

  AuthoritiesService(ServerCore core) {
    this.core = core;
    this.cases = core.authorities();
  }

  @Override
  public void listAuthorities(
      ListAuthoritiesRequest request, StreamObserver<ListAuthoritiesResponse> observer) {
    Unary.answer(
        observer,
        scope -> {
          core.administration().require(scope.caller().actor(), Right.LOOK);
          Optional<AuthorityKind> wanted =
              request.getKind().isEmpty() ? Optional.empty() : Optional.of(kind(request.getKind()));
          return ListAuthoritiesResponse.newBuilder()
              .addAllAuthorities(
                  cases.list().stream()
                      .filter(it -> wanted.isEmpty() || wanted.get() == it.record().kind())
                      .map(AuthoritiesService::of)
                      .toList())
              .setBundleSequence(core.trust().bundle().sequence())
              .build();
        });
  }

  @Override
  public void prepareAuthority(
      PrepareAuthorityRequest request, StreamObserver<AuthorityChange> observer) {
    Unary.answer(
        observer,
        scope ->
            of(
                cases
                    .prepare()
                    .run(
                        scope.caller().actor(),
                        Fields.requestId(request.getRequestId()),
                        kind(request.getKind()),
                        request.getReason())));
  }

  private static AuthorityKind kind(String label) throws ServerException {
    for (AuthorityKind kind : AuthorityKind.values()) {
      if (kind.label().equals(label)) {
        return kind;
      }
    }
    throw Fields.invalid(
        "kind: "
            + dev.credence.certs.Printable.quoted(label)
            + " (expected: "
            + Arrays.stream(AuthorityKind.values())
                .map(AuthorityKind::label)
                .collect(Collectors.joining(", "))
            + ")");
  }

  /// How one kind of change is made, or tried.
  private interface Change {
    dev.credence.server.core.AuthorityChange run(Actor actor, RequestId request, Id id)
        throws ServerException;
  }

  private interface Trial {
    dev.credence.server.core.AuthorityChange wouldDo(Id id) throws ServerException;
  }

  private void change(
      ChangeAuthorityRequest request,
      StreamObserver<AuthorityChange> observer,
      Trial trial,
      Change change) {
    Unary.answer(
        observer,
        scope -> {
          Id id = Fields.id("id", request.getId());
          return of(
              request.getDryRun()
                  ? trial.wouldDo(id)
                  : change.run(
                      scope.caller().actor(), Fields.requestId(request.getRequestId()), id));
        });
  }

  @Override
  public void activateAuthority(
      ChangeAuthorityRequest request, StreamObserver<AuthorityChange> observer) {
    change(
        request,
        observer,
        cases.activate()::wouldDo,
        (actor, requestId, id) ->
            cases
                .activate()
                .run(
                    actor,
                    requestId,
                    new ActivateAuthority.Asked(id, request.getForce(), request.getReason())));
  }

  @Override
  public void taintAuthority(
      ChangeAuthorityRequest request, StreamObserver<AuthorityChange> observer) {
    change(
        request,
        observer,
        cases.taint()::wouldDo,
        (actor, requestId, id) -> cases.taint().run(actor, requestId, id, request.getReason()));
  }

  @Override
  public void revokeAuthority(
      ChangeAuthorityRequest request, StreamObserver<AuthorityChange> observer) {
    change(
        request,
        observer,
        cases.revoke()::wouldDo,
        (actor, requestId, id) ->
            cases
                .revoke()
                .run(
                    actor,
                    requestId,
                    new RevokeAuthority.Asked(id, request.getForce(), request.getReason())));
  }

  private static Authority of(AuthorityView view) {
    AuthorityRecord record = view.record();
    Authority.Builder message = Authority.newBuilder();
    switch (record.kind()) {
      case X509 -> message.setPem(record.material().text());
      case JWT -> message.setJwk(record.material().text());
    }
    return message
        .setId(record.id().toString())
        .setKind(record.kind().label())
        .setState(record.state().label())
        .setServerId(record.server().toString())
        .setNotBefore(Fields.timestamp(record.material().notBefore()))
        .setNotAfter(Fields.timestamp(record.material().notAfter()))
        .setPreparedAt(Fields.timestamp(record.times().prepared()))
        .setChangedAt(Fields.timestamp(record.times().changed()))
        .setPublishedIn(record.publishedIn())
        .setLiveCertificates(view.live())
        .setServerRuns(view.serverRuns())
        .build();
  }

  private AuthorityChange of(dev.credence.server.core.AuthorityChange change) {
    var effects = change.effects();
    AuthorityChange.Builder message =
        AuthorityChange.newBuilder()
            .setAuthority(of(change.authority()))
            .setOldState(change.before().map(AuthorityState::label).orElse(""))
            .setReplacedId(effects.replaced().map(Id::toString).orElse(""))
            .addAllUnacknowledgedNodeIds(
                effects.unacknowledged().stream().map(Id::toString).toList())
            .addAllLive(effects.examples().stream().map(AuthoritiesService::of).toList())
            .setDryRun(change.dryRun())
            .setBundleSequence(core.trust().bundle().sequence());
    if (!effects.renewWithin().isZero()) {
      message.setRenewWithin(Fields.duration(effects.renewWithin()));
    }
    return message.build();
  }

  private static LiveCertificate of(CertificateRecord certificate) {
    return LiveCertificate.newBuilder()
        .setSerial(certificate.serial())
        .setExecutionId(certificate.holder().execution().map(Id::toString).orElse(""))
        .setNodeId(certificate.holder().node().map(Id::toString).orElse(""))
        .setNotAfter(Fields.timestamp(certificate.notAfter()))
        .build();
  }
}
