package dev.credence.server.rpc;

import dev.credence.proto.admin.v1.AddRegistrationRequest;
import dev.credence.proto.admin.v1.RemoveRegistrationRequest;
import dev.credence.proto.admin.v1.SubjectChange;
import dev.credence.proto.admin.v1.SubjectLifeGrpc;
import dev.credence.proto.admin.v1.SubjectLifeRequest;
import dev.credence.proto.admin.v1.UpdateSubjectRequest;
import dev.credence.server.core.ChangeSubjectState.Which;
import dev.credence.server.core.CreateSubject.Match;
import dev.credence.server.core.Life;
import dev.credence.server.core.ServerException;
import io.grpc.stub.StreamObserver;

/// `credence.admin.v1.SubjectLife`: changes of agents and services.
final class SubjectLifeService extends SubjectLifeGrpc.SubjectLifeImplBase {
  private final Life life;

  SubjectLifeService(Life life) {
    this.life = life;
  }

  private static Which which(SubjectLifeRequest request) throws ServerException {
    return LifeMessages.which(request.getKind(), request.getReference());
  }

  @Override
  public void suspendSubject(SubjectLifeRequest request, StreamObserver<SubjectChange> observer) {
    Unary.answer(
        observer,
        scope ->
            LifeMessages.subject(
                life.states()
                    .suspend(
                        scope.caller().actor(),
                        LifeMessages.ask(request.getOptions()),
                        which(request))));
  }

  @Override
  public void resumeSubject(SubjectLifeRequest request, StreamObserver<SubjectChange> observer) {
    Unary.answer(
        observer,
        scope ->
            LifeMessages.subject(
                life.states()
                    .resume(
                        scope.caller().actor(),
                        LifeMessages.ask(request.getOptions()),
                        which(request))));
  }

  @Override
  public void retireSubject(SubjectLifeRequest request, StreamObserver<SubjectChange> observer) {
    Unary.answer(
        observer,
        scope ->
            LifeMessages.subject(
                life.states()
                    .retire(
                        scope.caller().actor(),
                        LifeMessages.ask(request.getOptions()),
                        which(request))));
  }

  @Override
  public void updateSubject(UpdateSubjectRequest request, StreamObserver<SubjectChange> observer) {
    Unary.answer(
        observer,
        scope ->
            LifeMessages.subject(
                life.updates()
                    .run(
                        scope.caller().actor(),
                        LifeMessages.ask(request.getOptions()),
                        LifeMessages.which(request.getKind(), request.getReference()),
                        LifeMessages.patch(request))));
  }

  @Override
  public void addRegistration(
      AddRegistrationRequest request, StreamObserver<SubjectChange> observer) {
    Unary.answer(
        observer,
        scope ->
            LifeMessages.subject(
                life.registrations()
                    .add(
                        scope.caller().actor(),
                        LifeMessages.ask(request.getOptions()),
                        LifeMessages.which(request.getKind(), request.getReference()),
                        match(request))));
  }

  private static Match match(AddRegistrationRequest request) throws ServerException {
    return new Match(
        CommonMessages.rawSelectors("selectors", request.getSelectorsList()),
        CommonMessages.rawSelectors("node_selectors", request.getNodeSelectorsList()),
        request.getAnyNode(),
        CommonMessages.demanded(request.getMinimumCode(), request.getMinimumIsolation()));
  }

  @Override
  public void removeRegistration(
      RemoveRegistrationRequest request, StreamObserver<SubjectChange> observer) {
    Unary.answer(
        observer,
        scope ->
            LifeMessages.subject(
                life.registrations()
                    .remove(
                        scope.caller().actor(),
                        LifeMessages.ask(request.getOptions()),
                        LifeMessages.which(request.getKind(), request.getReference()),
                        Fields.reference("registration_id", request.getRegistrationId()))));
  }
}
