package dev.credence.cli;

import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.client.DaemonConnection;
import dev.credence.cli.client.Pages;
import dev.credence.cli.declare.DeclarationWriter;
import dev.credence.cli.declare.DeclarationWriter.Present;
import dev.credence.cli.print.Printable;
import dev.credence.cli.print.Text;
import dev.credence.proto.admin.v1.ListOwnersResponse;
import dev.credence.proto.admin.v1.ListPersonsResponse;
import dev.credence.proto.admin.v1.ListRequest;
import dev.credence.proto.admin.v1.ListSubjectsRequest;
import dev.credence.proto.admin.v1.ListSubjectsResponse;
import dev.credence.proto.admin.v1.Owner;
import dev.credence.proto.admin.v1.OwnersGrpc;
import dev.credence.proto.admin.v1.Person;
import dev.credence.proto.admin.v1.PersonsGrpc;
import dev.credence.proto.admin.v1.SetMember;
import dev.credence.proto.admin.v1.Subject;
import dev.credence.proto.admin.v1.SubjectsGrpc;
import dev.credence.proto.common.v1.SubjectKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "export",
    description = {
      "Writes persons, owners, agents and services as a file that `credence apply` reads.",
      "What is retired is left out. Applied again, the file changes nothing."
    })
final class Export implements Runnable {

  @Option(
      names = "--owner",
      paramLabel = "OWNER",
      description = "Only this owner, its accountable person, its agents and services.")
  private String owner = "";

  @Option(names = "--set", paramLabel = "SET", description = "Only what belongs to this set.")
  private String set = "";

  @Mixin private final AdminOption server = new AdminOption();

  private final Terminal terminal;

  Export(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    try (var connection = server.connect(terminal)) {
      Predicate<String> wanted = wanted(connection);
      List<Owner> owners =
          owners(connection).stream()
              .filter(it -> !it.getState().equals("retired"))
              .filter(it -> owner.isEmpty() || it.getName().equals(owner))
              .toList();
      if (!owner.isEmpty() && owners.isEmpty()) {
        // An empty file would look like what was asked for.
        throw CommandFailure.failed(
            Text.of(
                "owner \"%s\": not found, or retired (expected: one of `credence owner list`)",
                Printable.line(owner)));
      }
      Set<String> accountable =
          owners.stream().map(it -> it.getAccountable().getName()).collect(Collectors.toSet());
      List<Person> persons =
          persons(connection).stream()
              .filter(it -> owner.isEmpty() || accountable.contains(it.getName()))
              .filter(it -> wanted.test("person " + it.getName()))
              .toList();
      var present =
          new Present(
              set,
              persons,
              owners.stream().filter(it -> wanted.test("owner " + it.getName())).toList(),
              subjects(connection, SubjectKind.SUBJECT_KIND_AGENT, wanted),
              subjects(connection, SubjectKind.SUBJECT_KIND_SERVICE, wanted));
      terminal.out().print(DeclarationWriter.write(present));
      terminal.out().flush();
    }
  }

  private Predicate<String> wanted(DaemonConnection connection) {
    if (set.isEmpty()) {
      return _ -> true;
    }
    String name = Checked.name("--set", set);
    Set<String> members =
        SetList.members(connection, name).stream()
            .map(SetMember::getThing)
            .collect(Collectors.toSet());
    if (members.isEmpty()) {
      // An empty file would look like what was asked for.
      throw CommandFailure.failed(
          Text.of("set %s: nothing belongs to it (expected: one of `credence set list`)", name));
    }
    return members::contains;
  }

  private static ListRequest page(String token) {
    return ListRequest.newBuilder().setPageSize(Pages.SIZE).setPageToken(token).build();
  }

  private static List<Person> persons(DaemonConnection connection) {
    List<Person> all = new ArrayList<>();
    Pages.each(
        token ->
            connection.ask(PersonsGrpc::newBlockingStub, stub -> stub.listPersons(page(token))),
        ListPersonsResponse::getNextPageToken,
        page -> all.addAll(page.getPersonsList()));
    return all;
  }

  private static List<Owner> owners(DaemonConnection connection) {
    List<Owner> all = new ArrayList<>();
    Pages.each(
        token -> connection.ask(OwnersGrpc::newBlockingStub, stub -> stub.listOwners(page(token))),
        ListOwnersResponse::getNextPageToken,
        page -> all.addAll(page.getOwnersList()));
    return all;
  }

  private List<Subject> subjects(
      DaemonConnection connection, SubjectKind kind, Predicate<String> wanted) {
    List<Subject> all = new ArrayList<>();
    Pages.each(
        token ->
            connection.ask(
                SubjectsGrpc::newBlockingStub,
                stub ->
                    stub.listSubjects(
                        ListSubjectsRequest.newBuilder()
                            .setKind(kind)
                            .setPageSize(Pages.SIZE)
                            .setPageToken(token)
                            .build())),
        ListSubjectsResponse::getNextPageToken,
        page -> all.addAll(page.getSubjectsList()));
    String word = kind == SubjectKind.SUBJECT_KIND_AGENT ? "agent " : "service ";
    return all.stream()
        .filter(it -> !it.getState().equals("retired"))
        .filter(it -> owner.isEmpty() || it.getOwner().equals(owner))
        .filter(it -> wanted.test(word + it.getOwner() + "/" + it.getName()))
        .toList();
  }
}
