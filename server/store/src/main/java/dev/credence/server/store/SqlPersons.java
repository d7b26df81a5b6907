package dev.credence.server.store;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.server.core.model.OidcSubject;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.Person;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// The tables `person` and `person_uid`. A uid stands for one person only.
final class SqlPersons {
  private static final String COLUMNS =
      "id, name, oidc_issuer, oidc_subject, administrator, revision";

  private static final String INSERT =
      """
      INSERT INTO person (id, name, oidc_issuer, oidc_subject, administrator, revision)
      VALUES (?, ?, ?, ?, ?, ?)\
      """;

  private static final String UPDATE =
      """
      UPDATE person SET name = ?, oidc_issuer = ?, oidc_subject = ?, administrator = ?, revision = ?
      WHERE id = ?\
      """;

  private static final String BY_ID = "SELECT " + COLUMNS + " FROM person WHERE id = ?";
  private static final String BY_NAME = "SELECT " + COLUMNS + " FROM person WHERE name = ?";
  private static final String BY_UID =
      "SELECT "
          + COLUMNS
          + " FROM person WHERE id = (SELECT person_id FROM person_uid WHERE uid = ?)";

  private static final String BY_OIDC =
      "SELECT " + COLUMNS + " FROM person WHERE oidc_issuer = ? AND oidc_subject = ?";
  private static final String BY_ADMINISTRATOR =
      "SELECT " + COLUMNS + " FROM person WHERE administrator = ?";
  private static final String PAGE =
      "SELECT seq, " + COLUMNS + " FROM person WHERE seq > ? ORDER BY seq LIMIT ?";
  private static final String DELETE = "DELETE FROM person WHERE id = ?";

  private static final Paging PAGING = new Paging('p');

  private static final String UIDS = "SELECT uid FROM person_uid WHERE person_id = ?";
  private static final String INSERT_UID = "INSERT INTO person_uid (uid, person_id) VALUES (?, ?)";
  private static final String DELETE_UIDS = "DELETE FROM person_uid WHERE person_id = ?";

  private final SqlConnection connection;

  SqlPersons(SqlConnection connection) {
    this.connection = connection;
  }

  void insert(Person person) {
    bind(connection.sql(INSERT).id(person.id()), person).run();
    insertUids(person);
  }

  void update(Person person) {
    bind(connection.sql(UPDATE), person)
        .id(person.id())
        .runOnOne("person " + person.id() + ": not there");
    connection.sql(DELETE_UIDS).id(person.id()).run();
    insertUids(person);
  }

  Optional<Person> find(Id id) {
    return withUids(connection.sql(BY_ID).id(id));
  }

  Optional<Person> find(Name name) {
    return withUids(connection.sql(BY_NAME).text(name.value()));
  }

  Optional<Person> of(OidcSubject account) {
    return withUids(connection.sql(BY_OIDC).text(account.issuer()).text(account.subject()));
  }

  Optional<Person> ofAdministrator(Name name) {
    return withUids(connection.sql(BY_ADMINISTRATOR).text(name.value()));
  }

  Page<Person> list(Page.Request page) {
    Page<Person> bare = PAGING.page(connection.sql(PAGE), page, SqlPersons::withoutUids);
    return new Page<>(bare.items().stream().map(this::withUids).toList(), bare.next());
  }

  void remove(Person person) {
    connection.sql(DELETE_UIDS).id(person.id()).run();
    connection.sql(DELETE).id(person.id()).runOnOne("person " + person.id() + ": not there");
  }

  Optional<Person> ofUid(int uid) {
    return withUids(connection.sql(BY_UID).number(uid));
  }

  private static SqlStatement bind(SqlStatement statement, Person person) {
    return statement
        .text(person.name().value())
        .maybeText(person.oidc().map(OidcSubject::issuer))
        .maybeText(person.oidc().map(OidcSubject::subject))
        .maybeText(person.administrator().map(Name::value))
        .number(person.revision());
  }

  private void insertUids(Person person) {
    person.localUids().forEach(uid -> connection.sql(INSERT_UID).number(uid).id(person.id()).run());
  }

  private Optional<Person> withUids(SqlStatement query) {
    return query.one(SqlPersons::withoutUids).map(this::withUids);
  }

  private Person withUids(Person person) {
    Set<Integer> uids = new HashSet<>(connection.sql(UIDS).id(person.id()).all(SqlRow::integer));
    return new Person(
        person.id(), person.name(), person.oidc(), person.administrator(), uids, person.revision());
  }

  private static Person withoutUids(SqlRow row) throws SQLException {
    return new Person(
        row.id(), row.name(), oidc(row), row.maybeText().map(Name::new), Set.of(), row.number());
  }

  private static Optional<OidcSubject> oidc(SqlRow row) throws SQLException {
    Optional<String> issuer = row.maybeText();
    Optional<String> subject = row.maybeText();
    return issuer.flatMap(known -> subject.map(other -> new OidcSubject(known, other)));
  }
}
