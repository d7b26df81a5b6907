package dev.credence.cli;

import dev.credence.cli.print.Sheet;
import dev.credence.cli.print.Table;
import dev.credence.proto.admin.v1.Person;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Consumer;

/// Persons as people read them.
final class PersonView {

  private PersonView() {}

  static Consumer<PrintWriter> table(List<Person> persons) {
    var table = new Table("NAME", "OIDC ISSUER", "OIDC SUBJECT", "ADMINISTRATOR", "UIDS");
    persons.forEach(person ->
        table.row(
            person.getName(),
            person.getOidcIssuer(),
            person.getOidcSubject(),
            person.getAdministrator(),
            uids(person)));
    return table::print;
  }

  static Consumer<PrintWriter> sheet(Person person) {
    return new Sheet()
            .line("Person", person.getName())
            .line("Id", person.getId())
            .line("OIDC issuer", person.getOidcIssuer())
            .line("OIDC subject", person.getOidcSubject())
            .line("Administrator", person.getAdministrator())
            .line("Uids", uids(person))
            .line("Revision", Long.toUnsignedString(person.getRevision()))
        ::print;
  }

  private static String uids(Person person) {
    return String.join(
        " ", person.getLocalUidsList().stream().map(Integer::toUnsignedString).toList());
  }
}
