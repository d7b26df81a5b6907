package dev.credence.server.store;

import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Id;
import dev.credence.certs.Isolation;
import dev.credence.certs.Name;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.Lifetime;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.SpentName;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.model.SubjectState;
import dev.credence.server.core.model.SvidProfile;
import dev.credence.server.core.port.Subjects;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The table `subject`, and through [SqlRegistrations] and [SqlSpentNames] those. The owner's name
/// in a handle is the owner's: it is joined, not copied.
final class SqlSubjects implements Subjects {
  private static final String INSERT =
      """
      INSERT INTO subject (
        id, kind, owner_id, name, state, revision, ttl_ns, dns_names, hint,
        purpose, schedule, minimum_code, minimum_isolation, maximum_life_ns, review_at_ns, expires_at_ns,
        governance, created_at_ns, jwt, lifetime)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)\
      """;

  private static final String UPDATE =
      """
      UPDATE subject SET
        owner_id = ?, state = ?, revision = ?, ttl_ns = ?, dns_names = ?, hint = ?,
        purpose = ?, schedule = ?, minimum_code = ?, minimum_isolation = ?, maximum_life_ns = ?, review_at_ns = ?,
        expires_at_ns = ?, governance = ?, jwt = ?, lifetime = ?
      WHERE id = ?\
      """;

  private static final String COLUMNS =
      """
      s.id, s.kind, s.owner_id, o.name, s.name, s.state, s.revision, s.ttl_ns, s.dns_names, s.hint, s.jwt,
      s.lifetime,
      s.purpose, s.schedule, s.minimum_code, s.minimum_isolation, s.maximum_life_ns, s.review_at_ns, s.expires_at_ns,
      s.governance, s.created_at_ns
      """;

  private static final String FROM = " FROM subject s JOIN owner o ON o.id = s.owner_id ";

  private static final String BY_ID = "SELECT " + COLUMNS + FROM + "WHERE s.id = ?";
  private static final String BY_HANDLE =
      "SELECT " + COLUMNS + FROM + "WHERE o.name = ? AND s.kind = ? AND s.name = ?";
  private static final String NAMED =
      "SELECT " + COLUMNS + FROM + "WHERE s.name = ? AND s.kind = ? ORDER BY s.seq";
  private static final String OF_OWNER =
      "SELECT " + COLUMNS + FROM + "WHERE s.owner_id = ? ORDER BY s.seq";
  private static final String ALL = "SELECT " + COLUMNS + FROM + "ORDER BY s.seq";
  private static final String CHANGED =
      "SELECT " + COLUMNS + FROM + "WHERE s.revision > ? ORDER BY s.revision";
  private static final String PAGE =
      "SELECT s.seq, " + COLUMNS + FROM + "WHERE s.kind = ? AND s.seq > ? ORDER BY s.seq LIMIT ?";

  private static final String COUNT_OF =
      "SELECT count(*) FROM subject WHERE owner_id = ? AND state <> 'retired'";
  private static final String COUNT_REGISTRATIONS_OF =
      """
      SELECT count(*) FROM registration WHERE removed_at_ns IS NULL
        AND subject_id IN (SELECT id FROM subject WHERE owner_id = ? AND state <> 'retired')\
      """;

  private static final String HOLD = "UPDATE subject SET held = ? WHERE id = ?";
  private static final String IS_HELD = "SELECT held FROM subject WHERE id = ?";

  private static final Paging PAGING = new Paging('s');

  private final SqlConnection connection;
  private final SqlRegistrations registrations;
  private final SqlSpentNames spentNames;

  SqlSubjects(SqlConnection connection) {
    this.connection = connection;
    this.registrations = new SqlRegistrations(connection);
    this.spentNames = new SqlSpentNames(connection);
  }

  @Override
  public void insert(Subject subject) {
    SqlStatement insert =
        connection
            .sql(INSERT)
            .id(subject.id())
            .text(subject.handle().kind().label())
            .id(subject.handle().ownerId())
            .text(subject.handle().name().value())
            .text(Words.of(subject.state()))
            .number(subject.revision())
            .duration(subject.svid().ttl())
            .text(Texts.ofTexts(subject.svid().dnsNames()))
            .text(subject.svid().hint());
    bind(insert, subject.governance())
        .time(subject.createdAt())
        .number(subject.svid().jwt() ? 1 : 0)
        .text(Words.of(subject.svid().lifetime()))
        .run();
  }

  @Override
  public void update(Subject subject) {
    SqlStatement update =
        connection
            .sql(UPDATE)
            .id(subject.handle().ownerId())
            .text(Words.of(subject.state()))
            .number(subject.revision())
            .duration(subject.svid().ttl())
            .text(Texts.ofTexts(subject.svid().dnsNames()))
            .text(subject.svid().hint());
    bind(update, subject.governance())
        .number(subject.svid().jwt() ? 1 : 0)
        .text(Words.of(subject.svid().lifetime()))
        .id(subject.id())
        .runOnOne("subject " + subject.id() + ": not there");
  }

  @Override
  public long countOf(Id owner) {
    return connection.sql(COUNT_OF).id(owner).only(SqlRow::number);
  }

  @Override
  public long countRegistrationsOf(Id owner) {
    return connection.sql(COUNT_REGISTRATIONS_OF).id(owner).only(SqlRow::number);
  }

  @Override
  public void hold(Id subject, boolean held) {
    connection
        .sql(HOLD)
        .number(held ? 1 : 0)
        .id(subject)
        .runOnOne("subject " + subject + ": not there");
  }

  @Override
  public boolean isHeld(Id subject) {
    return connection
        .sql(IS_HELD)
        .id(subject)
        .one(SqlRow::number)
        .filter(it -> it != 0)
        .isPresent();
  }

  private static SqlStatement bind(SqlStatement statement, Governance governance) {
    return statement
        .text(governance.purpose())
        .text(governance.scope().schedule())
        .text(governance.minimum().code().label())
        .text(governance.minimum().isolation().label())
        .maybeDuration(governance.life().maximum())
        .maybeTime(governance.life().reviewAt())
        .maybeTime(governance.life().expiresAt())
        .text(GovernanceText.of(governance));
  }

  @Override
  public Optional<Subject> find(Id id) {
    return connection.remember(
        BY_ID, id, () -> connection.sql(BY_ID).id(id).one(SqlSubjects::subject));
  }

  @Override
  public Optional<Subject> find(SubjectKind kind, Name owner, Name name) {
    return connection
        .sql(BY_HANDLE)
        .text(owner.value())
        .text(kind.label())
        .text(name.value())
        .one(SqlSubjects::subject);
  }

  @Override
  public List<Subject> named(SubjectKind kind, Name name) {
    return connection.sql(NAMED).text(name.value()).text(kind.label()).all(SqlSubjects::subject);
  }

  @Override
  public Page<Subject> list(SubjectKind kind, Page.Request page) {
    return PAGING.page(connection.sql(PAGE).text(kind.label()), page, SqlSubjects::subject);
  }

  @Override
  public List<Subject> all() {
    return connection.sql(ALL).all(SqlSubjects::subject);
  }

  @Override
  public List<Subject> changedAfter(long revision) {
    return connection.sql(CHANGED).number(revision).all(SqlSubjects::subject);
  }

  @Override
  public List<Subject> of(Id owner) {
    return connection.sql(OF_OWNER).id(owner).all(SqlSubjects::subject);
  }

  private static Subject subject(SqlRow row) throws SQLException {
    return new Subject(
        row.id(),
        new Subject.Handle(row.word(SubjectKind.class), row.id(), row.name(), row.name()),
        row.word(SubjectState.class),
        row.number(),
        new SvidProfile(
            row.duration(),
            Texts.texts(row.text()),
            row.text(),
            row.number() != 0,
            row.word(Lifetime.class)),
        governance(row),
        row.time());
  }

  private static Governance governance(SqlRow row) throws SQLException {
    String purpose = row.text();
    String schedule = row.text();
    var minimum =
        new Governance.Assurance(CodeAssurance.parse(row.text()), Isolation.parse(row.text()));
    var life = new Governance.Life(row.maybeDuration(), row.maybeTime(), row.maybeTime());
    GovernanceText.Lists lists = GovernanceText.parse(row.text());
    return new Governance(
        purpose,
        new Governance.Scope(lists.tools(), lists.dataClasses(), schedule),
        lists.authority(),
        lists.approvals(),
        minimum,
        life);
  }

  @Override
  public void insert(Registration registration) {
    registrations.insert(registration);
  }

  @Override
  public void remove(Registration registration, Instant at) {
    registrations.remove(registration, at);
  }

  @Override
  public void insert(SpentName name) {
    spentNames.insert(name);
  }

  @Override
  public Optional<SpentName> spent(Id owner, SubjectKind kind, Name name) {
    return spentNames.find(owner, kind, name);
  }

  @Override
  public Optional<Registration> registration(Id id) {
    return registrations.find(id);
  }

  @Override
  public List<Registration> registrationsOf(Id subject) {
    return registrations.of(subject);
  }

  @Override
  public List<Registration> allRegistrations() {
    return registrations.all();
  }
}
