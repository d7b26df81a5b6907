package dev.credence.server.store;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.server.core.model.SpentName;
import dev.credence.server.core.model.SubjectKind;
import java.util.Optional;

/// The table `spent_name`. Rows only come.
final class SqlSpentNames {
  private static final String INSERT =
      "INSERT INTO spent_name (owner_id, kind, name, subject_id, why, at_ns) VALUES (?, ?, ?, ?, ?, ?)";

  private static final String FIND =
      """
      SELECT owner_id, kind, name, subject_id, why, at_ns
      FROM spent_name WHERE owner_id = ? AND kind = ? AND name = ?\
      """;

  private final SqlConnection connection;

  SqlSpentNames(SqlConnection connection) {
    this.connection = connection;
  }

  void insert(SpentName name) {
    connection
        .sql(INSERT)
        .id(name.owner())
        .text(name.kind().label())
        .text(name.name().value())
        .id(name.subject())
        .text(Words.of(name.why()))
        .time(name.at())
        .run();
  }

  Optional<SpentName> find(Id owner, SubjectKind kind, Name name) {
    return connection
        .sql(FIND)
        .id(owner)
        .text(kind.label())
        .text(name.value())
        .one(row ->
            new SpentName(
                row.id(),
                row.word(SubjectKind.class),
                row.name(),
                row.id(),
                row.word(SpentName.Why.class),
                row.time()));
  }
}
