package dev.credence.server.store;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.server.core.model.OidcSubject;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.OwnerState;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.Person;
import dev.credence.server.core.port.Owners;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// The tables `owner`, and through [SqlPersons] `person` and `person_uid`.
final class SqlOwners implements Owners {
  private static final String COLUMNS =
      "id, name, display_name, address, accountable_id, parent_id, state, created_at_ns, revision,"
          + " retired_at_ns";

  private static final String INSERT =
      """
      INSERT INTO owner (id, name, display_name, address, accountable_id, parent_id, state, created_at_ns)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)\
      """;

  private static final String UPDATE =
      """
      UPDATE owner SET
        display_name = ?, address = ?, accountable_id = ?, parent_id = ?, state = ?, revision = ?, retired_at_ns = ?
      WHERE id = ?\
      """;

  private static final String BY_ID = "SELECT " + COLUMNS + " FROM owner WHERE id = ?";
  private static final String BY_NAME = "SELECT " + COLUMNS + " FROM owner WHERE name = ?";
  private static final String ALL = "SELECT " + COLUMNS + " FROM owner ORDER BY seq";
  private static final String PAGE =
      "SELECT seq, " + COLUMNS + " FROM owner WHERE seq > ? ORDER BY seq LIMIT ?";

  private static final Paging PAGING = new Paging('o');

  private final SqlConnection connection;
  private final SqlPersons persons;

  SqlOwners(SqlConnection connection) {
    this.connection = connection;
    this.persons = new SqlPersons(connection);
  }

  @Override
  public void insert(Owner owner) {
    connection
        .sql(INSERT)
        .id(owner.id())
        .text(owner.name().value())
        .text(owner.contact().displayName())
        .text(owner.contact().address())
        .id(owner.accountable())
        .maybeId(owner.parent())
        .text(Words.of(owner.state()))
        .time(owner.createdAt())
        .run();
  }

  @Override
  public void update(Owner owner) {
    connection
        .sql(UPDATE)
        .text(owner.contact().displayName())
        .text(owner.contact().address())
        .id(owner.accountable())
        .maybeId(owner.parent())
        .text(Words.of(owner.state()))
        .number(owner.revision())
        .maybeTime(owner.retiredAt())
        .id(owner.id())
        .runOnOne("owner " + owner.id() + ": not there");
  }

  @Override
  public Optional<Owner> find(Id id) {
    return connection.remember(BY_ID, id, () -> connection.sql(BY_ID).id(id).one(SqlOwners::owner));
  }

  @Override
  public Optional<Owner> find(Name name) {
    return connection.sql(BY_NAME).text(name.value()).one(SqlOwners::owner);
  }

  @Override
  public Page<Owner> list(Page.Request page) {
    return PAGING.page(connection.sql(PAGE), page, SqlOwners::owner);
  }

  @Override
  public List<Owner> all() {
    return connection.sql(ALL).all(SqlOwners::owner);
  }

  private static Owner owner(SqlRow row) throws SQLException {
    return new Owner(
        row.id(),
        row.name(),
        new Owner.Contact(row.text(), row.text()),
        row.id(),
        row.maybeId(),
        row.word(OwnerState.class),
        row.time(),
        row.number(),
        row.maybeTime());
  }

  @Override
  public void insert(Person person) {
    persons.insert(person);
  }

  @Override
  public void update(Person person) {
    persons.update(person);
  }

  @Override
  public Optional<Person> person(Id id) {
    return persons.find(id);
  }

  @Override
  public Optional<Person> person(Name name) {
    return persons.find(name);
  }

  @Override
  public void remove(Person person) {
    persons.remove(person);
  }

  @Override
  public Page<Person> persons(Page.Request page) {
    return persons.list(page);
  }

  @Override
  public Optional<Person> personOf(OidcSubject account) {
    return persons.of(account);
  }

  @Override
  public Optional<Person> personOfAdministrator(Name name) {
    return persons.ofAdministrator(name);
  }

  @Override
  public Optional<Person> personOfUid(int uid) {
    return persons.ofUid(uid);
  }
}
