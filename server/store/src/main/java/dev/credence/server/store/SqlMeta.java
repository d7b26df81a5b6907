package dev.credence.server.store;

import dev.credence.certs.Id;
import dev.credence.server.core.port.Meta;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/// The table `meta`, which has one row.
final class SqlMeta implements Meta {
  private static final String INSERT =
      "INSERT INTO meta (one, epoch, registry_number) SELECT 1, ?, 0 WHERE NOT EXISTS (SELECT 1 FROM meta)";

  private static final String EPOCH = "SELECT epoch FROM meta";
  private static final String REGISTRY_NUMBER = "SELECT registry_number FROM meta";
  private static final String NEXT_NUMBER = "UPDATE meta SET registry_number = registry_number + 1";

  private static final String NEXT_CRL_NUMBER =
      "UPDATE meta SET crl_number = CASE WHEN crl_number < ? THEN ? ELSE crl_number + 1 END";
  private static final String CRL_NUMBER = "SELECT crl_number FROM meta";

  /// Events carry the highest time too: where one was appended this row need not change, which is a
  /// page less in the commit.
  ///
  /// Times up to the ceiling were stored by a clock that was wrong, an administrator says: then the
  /// newest event's own time counts.
  private static final String OF_EVENTS =
      """
      SELECT CASE WHEN latest_ns > (SELECT clock_ceiling_ns FROM meta) THEN latest_ns ELSE at_ns END
      FROM event ORDER BY number DESC LIMIT 1\
      """;

  private static final String HIGHEST_TIME = "SELECT highest_time_ns FROM meta";

  private static final String ACCEPT_TIME =
      "UPDATE meta SET highest_time_ns = ?, clock_ceiling_ns = ?";

  private static final String NOTE_TIME =
      """
      UPDATE meta SET highest_time_ns = ?
      WHERE (highest_time_ns IS NULL OR highest_time_ns < ?)
        AND NOT EXISTS (
          SELECT 1 FROM (SELECT at_ns, latest_ns FROM event ORDER BY number DESC LIMIT 1) newest
          WHERE CASE WHEN latest_ns > clock_ceiling_ns THEN latest_ns ELSE at_ns END >= ?)\
      """;

  private static final String TRUST_DOMAIN = "SELECT trust_domain FROM meta";

  private static final String SET_TRUST_DOMAIN =
      "UPDATE meta SET trust_domain = ? WHERE trust_domain IS NULL OR trust_domain = ?";

  private final SqlConnection connection;

  SqlMeta(SqlConnection connection) {
    this.connection = connection;
  }

  /// Gives a new database its epoch; an old one keeps its own.
  void begin(Id epoch) {
    connection.sql(INSERT).id(epoch).run();
  }

  @Override
  public Id epoch() {
    return connection.sql(EPOCH).only(SqlRow::id);
  }

  @Override
  public long registryNumber() {
    return connection.sql(REGISTRY_NUMBER).only(SqlRow::number);
  }

  @Override
  public long nextRegistryNumber() {
    connection.sql(NEXT_NUMBER).runOnOne("registry number: no row of meta");
    return registryNumber();
  }

  @Override
  public long nextCrlNumber(long atLeast) {
    connection
        .sql(NEXT_CRL_NUMBER)
        .number(atLeast)
        .number(atLeast)
        .runOnOne("CRL number: no row of meta");
    return connection.sql(CRL_NUMBER).only(SqlRow::number);
  }

  @Override
  public Optional<Instant> highestTime() {
    Optional<Instant> noted = connection.sql(HIGHEST_TIME).only(SqlRow::maybeTime);
    Optional<Instant> ofEvents = connection.sql(OF_EVENTS).one(SqlRow::time);
    return Stream.of(noted, ofEvents).flatMap(Optional::stream).max(Instant::compareTo);
  }

  @Override
  public void noteTime(Instant time) {
    // What the statement would find out: the newest event has it.
    if (connection.newestEventAt() < Times.nanos(time)) {
      connection.keeping(NOTE_TIME).time(time).time(time).time(time).run();
    }
  }

  @Override
  public void acceptTime(Instant time) {
    long highest = highestTime().map(Times::nanos).orElse(0L);
    connection.sql(ACCEPT_TIME).time(time).number(Math.max(0, highest)).run();
  }

  @Override
  public Optional<String> trustDomain() {
    return connection.sql(TRUST_DOMAIN).only(SqlRow::maybeText);
  }

  @Override
  public void setTrustDomain(String name) {
    connection
        .sql(SET_TRUST_DOMAIN)
        .text(name)
        .text(name)
        .runOnOne("trust domain " + name + ": the database is of another one");
  }
}
