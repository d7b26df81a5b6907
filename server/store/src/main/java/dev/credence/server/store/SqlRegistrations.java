package dev.credence.server.store;

import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Id;
import dev.credence.certs.Isolation;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.NodeSelection;
import dev.credence.server.core.model.Registration;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The table `registration`. Selectors are matched in the server's snapshot, never by a query, so
/// they are one text.
final class SqlRegistrations {
  private static final String COLUMNS =
      "id, subject_id, selectors, node_selectors, created_at_ns, by_registrar, minimum_code, minimum_isolation";

  private static final String INSERT =
      """
      INSERT INTO registration (
        id, subject_id, selectors, node_selectors, created_at_ns, by_registrar, minimum_code, minimum_isolation)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)\
      """;

  private static final String BY_ID =
      "SELECT " + COLUMNS + " FROM registration WHERE id = ? AND removed_at_ns IS NULL";
  private static final String OF_SUBJECT =
      "SELECT "
          + COLUMNS
          + " FROM registration WHERE subject_id = ? AND removed_at_ns IS NULL ORDER BY seq";
  private static final String ALL =
      "SELECT " + COLUMNS + " FROM registration WHERE removed_at_ns IS NULL ORDER BY seq";
  private static final String REMOVE =
      "UPDATE registration SET removed_at_ns = ? WHERE id = ? AND removed_at_ns IS NULL";

  private final SqlConnection connection;

  SqlRegistrations(SqlConnection connection) {
    this.connection = connection;
  }

  void insert(Registration registration) {
    connection
        .sql(INSERT)
        .id(registration.id())
        .id(registration.subjectId())
        .text(Texts.ofSelectors(registration.selectors()))
        .maybeText(nodes(registration.nodes()))
        .time(registration.createdAt())
        .number(registration.byRegistrar() ? 1 : 0)
        .text(registration.minimum().code().label())
        .text(registration.minimum().isolation().label())
        .run();
  }

  void remove(Registration registration, Instant at) {
    connection
        .sql(REMOVE)
        .time(at)
        .id(registration.id())
        .runOnOne("registration " + registration.id() + ": not there, or removed");
  }

  Optional<Registration> find(Id id) {
    return connection.remember(
        BY_ID, id, () -> connection.sql(BY_ID).id(id).one(SqlRegistrations::registration));
  }

  List<Registration> of(Id subject) {
    return connection.sql(OF_SUBJECT).id(subject).all(SqlRegistrations::registration);
  }

  List<Registration> all() {
    return connection.sql(ALL).all(SqlRegistrations::registration);
  }

  private static Registration registration(SqlRow row) throws SQLException {
    return new Registration(
        row.id(),
        row.id(),
        Texts.selectors(row.text()),
        nodes(row.maybeText()),
        row.time(),
        row.number() != 0,
        new Governance.Assurance(CodeAssurance.parse(row.text()), Isolation.parse(row.text())));
  }

  private static Optional<String> nodes(NodeSelection nodes) {
    return switch (nodes) {
      case NodeSelection.AnyNode _ -> Optional.empty();
      case NodeSelection.Having having -> Optional.of(Texts.ofSelectors(having.selectors()));
    };
  }

  private static NodeSelection nodes(Optional<String> stored) {
    return stored
        .<NodeSelection>map(text -> new NodeSelection.Having(Texts.selectors(text)))
        .orElseGet(NodeSelection.AnyNode::new);
  }
}
