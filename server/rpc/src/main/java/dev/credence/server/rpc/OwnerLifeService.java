package dev.credence.server.rpc;

import dev.credence.proto.admin.v1.OwnerChange;
import dev.credence.proto.admin.v1.OwnerLifeGrpc;
import dev.credence.proto.admin.v1.OwnerLifeRequest;
import dev.credence.proto.admin.v1.TransferSubjectsRequest;
import dev.credence.proto.admin.v1.UpdateOwnerRequest;
import dev.credence.server.core.Life;
import dev.credence.server.core.ServerException;
import dev.credence.server.core.TransferSubjects.Transfer;
import dev.credence.server.core.UpdateOwner;
import io.grpc.stub.StreamObserver;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// `credence.admin.v1.OwnerLife`: changes of owners.
final class OwnerLifeService extends OwnerLifeGrpc.OwnerLifeImplBase {
  private static final int MOST_NAMES = 1000;

  private final Life life;

  OwnerLifeService(Life life) {
    this.life = life;
  }

  private static String reference(OwnerLifeRequest request) throws ServerException {
    return Fields.reference("reference", request.getReference());
  }

  @Override
  public void suspendOwner(OwnerLifeRequest request, StreamObserver<OwnerChange> observer) {
    Unary.answer(
        observer,
        scope ->
            LifeMessages.owner(
                life.ownerStates()
                    .suspend(
                        scope.caller().actor(),
                        LifeMessages.ask(request.getOptions()),
                        reference(request))));
  }

  @Override
  public void resumeOwner(OwnerLifeRequest request, StreamObserver<OwnerChange> observer) {
    Unary.answer(
        observer,
        scope ->
            LifeMessages.owner(
                life.ownerStates()
                    .resume(
                        scope.caller().actor(),
                        LifeMessages.ask(request.getOptions()),
                        reference(request))));
  }

  @Override
  public void retireOwner(OwnerLifeRequest request, StreamObserver<OwnerChange> observer) {
    Unary.answer(
        observer,
        scope ->
            LifeMessages.owner(
                life.ownerStates()
                    .retire(
                        scope.caller().actor(),
                        LifeMessages.ask(request.getOptions()),
                        reference(request))));
  }

  @Override
  public void updateOwner(UpdateOwnerRequest request, StreamObserver<OwnerChange> observer) {
    Unary.answer(
        observer,
        scope ->
            LifeMessages.owner(
                life.ownerUpdates()
                    .run(
                        scope.caller().actor(),
                        LifeMessages.ask(request.getOptions()),
                        Fields.reference("reference", request.getReference()),
                        patch(request))));
  }

  private static UpdateOwner.Patch patch(UpdateOwnerRequest request) throws ServerException {
    LifeMessages.requireSome(request.getFieldsList());
    Set<UpdateOwner.Field> fields = EnumSet.noneOf(UpdateOwner.Field.class);
    for (String word : request.getFieldsList()) {
      fields.add(field(word));
    }
    return new UpdateOwner.Patch(
        fields,
        request.getDisplayName(),
        request.getContact(),
        request.getHuman(),
        Fields.maybeReference("parent", request.getParent()));
  }

  private static UpdateOwner.Field field(String word) throws ServerException {
    for (UpdateOwner.Field field : UpdateOwner.Field.values()) {
      if (field.name().toLowerCase(Locale.ROOT).equals(word)) {
        return field;
      }
    }
    throw LifeMessages.unknownField(word, "display_name, contact, human, parent");
  }

  @Override
  public void transferSubjects(
      TransferSubjectsRequest request, StreamObserver<OwnerChange> observer) {
    Unary.answer(
        observer,
        scope ->
            LifeMessages.owner(
                life.transfers()
                    .run(
                        scope.caller().actor(),
                        LifeMessages.ask(request.getOptions()),
                        transfer(request))));
  }

  private static Transfer transfer(TransferSubjectsRequest request) throws ServerException {
    return new Transfer(
        Fields.reference("from", request.getFrom()),
        Fields.reference("to", request.getTo()),
        names("agents", request.getAgentsList()),
        names("services", request.getServicesList()));
  }

  private static List<String> names(String field, List<String> names) throws ServerException {
    if (names.size() > MOST_NAMES) {
      throw Fields.invalid(field + ": " + names.size() + " (expected: at most " + MOST_NAMES + ")");
    }
    return names;
  }
}
