package dev.credence.server.rpc;

import dev.credence.proto.admin.v1.CreatePersonRequest;
import dev.credence.proto.admin.v1.GetRequest;
import dev.credence.proto.admin.v1.ListPersonsResponse;
import dev.credence.proto.admin.v1.ListRequest;
import dev.credence.proto.admin.v1.Person;
import dev.credence.proto.admin.v1.PersonChange;
import dev.credence.proto.admin.v1.PersonsGrpc;
import dev.credence.proto.admin.v1.RemovePersonRequest;
import dev.credence.proto.admin.v1.UpdatePersonRequest;
import dev.credence.server.core.Administration;
import dev.credence.server.core.ChangePersons;
import dev.credence.server.core.ChangePersons.Accounts;
import dev.credence.server.core.Right;
import dev.credence.server.core.ServerException;
import io.grpc.stub.StreamObserver;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// `credence.admin.v1.Persons`.
final class PersonsService extends PersonsGrpc.PersonsImplBase {
  private static final int MOST_UIDS = 64;

  private final ChangePersons persons;
  private final Administration administration;

  PersonsService(ChangePersons persons, Administration administration) {
    this.persons = persons;
    this.administration = administration;
  }

  @Override
  public void createPerson(CreatePersonRequest request, StreamObserver<PersonChange> observer) {
    Unary.answer(
        observer,
        scope ->
            LifeMessages.person(
                persons.create(
                    scope.caller().actor(),
                    LifeMessages.ask(request.getOptions()),
                    request.getName(),
                    new Accounts(
                        request.getOidcIssuer(),
                        request.getOidcSubject(),
                        request.getAdministrator(),
                        uids(request.getLocalUidsList())))));
  }

  private static Set<Integer> uids(Collection<Integer> uids) throws ServerException {
    if (uids.size() > MOST_UIDS) {
      throw Fields.invalid("local_uids: " + uids.size() + " (expected: at most " + MOST_UIDS + ")");
    }
    return new HashSet<>(uids);
  }

  @Override
  public void getPerson(GetRequest request, StreamObserver<Person> observer) {
    Unary.answer(
        observer,
        scope -> {
          administration.require(scope.caller().actor(), Right.LOOK);
          return AdminMessages.of(
              persons.show(Fields.reference("reference", request.getReference())));
        });
  }

  @Override
  public void listPersons(ListRequest request, StreamObserver<ListPersonsResponse> observer) {
    Unary.answer(
        observer,
        scope -> {
          administration.require(scope.caller().actor(), Right.LOOK);
          return list(request);
        });
  }

  private ListPersonsResponse list(ListRequest request) throws ServerException {
    var page = persons.list(Fields.page(request.getPageSize(), request.getPageToken()));
    return ListPersonsResponse.newBuilder()
        .addAllPersons(page.items().stream().map(AdminMessages::of).toList())
        .setNextPageToken(page.next().orElse(""))
        .build();
  }

  @Override
  public void updatePerson(UpdatePersonRequest request, StreamObserver<PersonChange> observer) {
    Unary.answer(
        observer,
        scope ->
            LifeMessages.person(
                persons.update(
                    scope.caller().actor(),
                    LifeMessages.ask(request.getOptions()),
                    Fields.reference("reference", request.getReference()),
                    fields(request.getFieldsList()),
                    new Accounts(
                        request.getOidcIssuer(),
                        request.getOidcSubject(),
                        request.getAdministrator(),
                        uids(request.getLocalUidsList())))));
  }

  private static Set<ChangePersons.Field> fields(List<String> words) throws ServerException {
    LifeMessages.requireSome(words);
    Set<ChangePersons.Field> fields = EnumSet.noneOf(ChangePersons.Field.class);
    for (String word : words) {
      fields.add(field(word));
    }
    return fields;
  }

  private static ChangePersons.Field field(String word) throws ServerException {
    for (ChangePersons.Field field : ChangePersons.Field.values()) {
      if (field.name().toLowerCase(Locale.ROOT).equals(word)) {
        return field;
      }
    }
    throw LifeMessages.unknownField(word, "oidc, administrator, local_uids");
  }

  @Override
  public void removePerson(RemovePersonRequest request, StreamObserver<PersonChange> observer) {
    Unary.answer(
        observer,
        scope ->
            LifeMessages.person(
                persons.remove(
                    scope.caller().actor(),
                    LifeMessages.ask(request.getOptions()),
                    Fields.reference("reference", request.getReference()))));
  }
}
