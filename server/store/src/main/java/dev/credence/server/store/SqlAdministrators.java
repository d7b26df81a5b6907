package dev.credence.server.store;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.certs.Sha256;
import dev.credence.server.core.model.Administrator;
import dev.credence.server.core.model.Administrator.Scope;
import dev.credence.server.core.model.Administrator.Token;
import dev.credence.server.core.model.AdministratorRole;
import dev.credence.server.core.model.AdministratorState;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.port.Administrators;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The table `administrator`. Removed is final: the update itself refuses.
final class SqlAdministrators implements Administrators {
  private static final String COLUMNS =
      """
      id, name, role, owners, svid_ttl_ns, state, public_key, svid_not_after_ns,
      token_digest, token_expires_at_ns, token_key, created_at_ns, revision\
      """;

  private static final String INSERT =
      """
      INSERT INTO administrator (role, owners, svid_ttl_ns, state, public_key, svid_not_after_ns,
        token_digest, token_expires_at_ns, token_key, revision, id, name, created_at_ns)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)\
      """;

  private static final String UPDATE =
      """
      UPDATE administrator SET role = ?, owners = ?, svid_ttl_ns = ?, state = ?, public_key = ?,
        svid_not_after_ns = ?, token_digest = ?, token_expires_at_ns = ?, token_key = ?, revision = ?
      WHERE id = ? AND state <> 'removed'\
      """;

  private static final String FROM = "SELECT " + COLUMNS + " FROM administrator WHERE ";
  private static final String BY_ID = FROM + "id = ?";
  private static final String BY_NAME = FROM + "name = ?";
  private static final String BY_TOKEN = FROM + "token_digest = ?";
  private static final String BY_KEY = FROM + "public_key = ?";
  private static final String PAGE =
      "SELECT seq, " + COLUMNS + " FROM administrator WHERE seq > ? ORDER BY seq LIMIT ?";

  private static final Paging PAGING = new Paging('d');

  private final SqlConnection connection;

  SqlAdministrators(SqlConnection connection) {
    this.connection = connection;
  }

  @Override
  public void insert(Administrator administrator) {
    bind(connection.sql(INSERT), administrator)
        .text(administrator.name().value())
        .time(administrator.createdAt())
        .run();
  }

  @Override
  public void update(Administrator administrator) {
    bind(connection.sql(UPDATE), administrator)
        .runOnOne("administrator " + administrator.name() + ": not there, or removed");
  }

  private static SqlStatement bind(SqlStatement statement, Administrator administrator) {
    Scope scope = administrator.scope();
    return statement
        .text(Words.of(scope.role()))
        .text(Texts.ofTexts(scope.owners().stream().map(Id::toString).sorted().toList()))
        .duration(scope.svidTtl())
        .text(Words.of(administrator.state()))
        .maybeDigest(administrator.key().map(Administrator.Key::digest))
        .maybeTime(administrator.key().map(Administrator.Key::svidNotAfter))
        .maybeDigest(administrator.token().map(Token::secretDigest))
        .maybeTime(administrator.token().map(Token::expiresAt))
        .maybeDigest(administrator.token().flatMap(Token::redeemedBy))
        .number(administrator.revision())
        .id(administrator.id());
  }

  @Override
  public Optional<Administrator> find(Id id) {
    return connection.sql(BY_ID).id(id).one(SqlAdministrators::administrator);
  }

  @Override
  public Optional<Administrator> find(Name name) {
    return connection.sql(BY_NAME).text(name.value()).one(SqlAdministrators::administrator);
  }

  @Override
  public Optional<Administrator> byToken(Sha256 secretDigest) {
    return connection.sql(BY_TOKEN).digest(secretDigest).one(SqlAdministrators::administrator);
  }

  @Override
  public Optional<Administrator> byKey(Sha256 key) {
    return connection.sql(BY_KEY).digest(key).one(SqlAdministrators::administrator);
  }

  @Override
  public Page<Administrator> list(Page.Request page) {
    return PAGING.page(connection.sql(PAGE), page, SqlAdministrators::administrator);
  }

  private static Administrator administrator(SqlRow row) throws SQLException {
    Id id = row.id();
    Name name = row.name();
    var scope = new Scope(row.word(AdministratorRole.class), owners(row), row.duration());
    AdministratorState state = row.word(AdministratorState.class);
    return new Administrator(
        id, name, scope, state, key(row), token(row), row.time(), row.number());
  }

  private static Set<Id> owners(SqlRow row) throws SQLException {
    List<String> stored = Texts.texts(row.text());
    return stored.stream().map(Id::parse).collect(Collectors.toUnmodifiableSet());
  }

  private static Optional<Administrator.Key> key(SqlRow row) throws SQLException {
    Optional<Sha256> digest = row.maybeDigest();
    Optional<Instant> notAfter = row.maybeTime();
    return digest.flatMap(of -> notAfter.map(until -> new Administrator.Key(of, until)));
  }

  private static Optional<Token> token(SqlRow row) throws SQLException {
    Optional<Sha256> digest = row.maybeDigest();
    Optional<Instant> expires = row.maybeTime();
    Optional<Sha256> key = row.maybeDigest();
    return digest.flatMap(of -> expires.map(at -> new Token(of, at, key)));
  }
}
