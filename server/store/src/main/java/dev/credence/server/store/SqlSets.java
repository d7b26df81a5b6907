package dev.credence.server.store;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.SetMember;
import dev.credence.server.core.port.Sets;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The table `set_member`.
final class SqlSets implements Sets {
  private static final String REMOVE = "DELETE FROM set_member WHERE thing_id = ?";
  private static final String INSERT = "INSERT INTO set_member (thing_id, set_name) VALUES (?, ?)";
  private static final String OF = "SELECT set_name FROM set_member WHERE thing_id = ?";

  private static final String MEMBERS =
      "SELECT thing_id, set_name FROM set_member WHERE set_name = ? ORDER BY seq";

  private static final String PAGE =
      "SELECT seq, thing_id, set_name FROM set_member WHERE seq > ? ORDER BY seq LIMIT ?";

  private static final String PAGE_OF =
      "SELECT seq, thing_id, set_name FROM set_member"
          + " WHERE set_name = ? AND seq > ? ORDER BY seq LIMIT ?";

  private static final String WITH_OWNER =
      "SELECT m.seq, m.thing_id, m.set_name, coalesce(s.owner_id, m.thing_id)"
          + " FROM set_member m LEFT JOIN subject s ON s.id = m.thing_id";

  private static final String PAGE_WITH_OWNER =
      WITH_OWNER + " WHERE m.seq > ? ORDER BY m.seq LIMIT ?";

  private static final String PAGE_OF_WITH_OWNER =
      WITH_OWNER + " WHERE m.set_name = ? AND m.seq > ? ORDER BY m.seq LIMIT ?";

  private static final Paging PAGING = new Paging('m');

  private final SqlConnection connection;

  SqlSets(SqlConnection connection) {
    this.connection = connection;
  }

  @Override
  public void put(SetMember member) {
    connection.sql(REMOVE).id(member.thing()).run();
    connection.sql(INSERT).id(member.thing()).text(member.set().value()).run();
  }

  @Override
  public Optional<Name> of(Id thing) {
    return connection.sql(OF).id(thing).one(SqlRow::name);
  }

  @Override
  public List<SetMember> members(Name set) {
    return connection.sql(MEMBERS).text(set.value()).all(SqlSets::member);
  }

  @Override
  public Page<SetMember> list(Optional<Name> set, Page.Request page) {
    SqlStatement query =
        set.map(name -> connection.sql(PAGE_OF).text(name.value()))
            .orElseGet(() -> connection.sql(PAGE));
    return PAGING.page(query, page, SqlSets::member);
  }

  @Override
  public Page<SetMember> list(Optional<Name> set, Set<Id> owners, Page.Request page) {
    return PAGING.filtered(
        () ->
            set.map(name -> connection.sql(PAGE_OF_WITH_OWNER).text(name.value()))
                .orElseGet(() -> connection.sql(PAGE_WITH_OWNER)),
        page,
        row -> {
          SetMember member = member(row);
          return owners.contains(row.id()) ? Optional.of(member) : Optional.empty();
        });
  }

  private static SetMember member(SqlRow row) throws SQLException {
    return new SetMember(row.id(), row.name());
  }
}
