package dev.credence.server.store;

import dev.credence.certs.CodeAssurance;
import dev.credence.certs.ExecutionKind;
import dev.credence.certs.Id;
import dev.credence.certs.Isolation;
import dev.credence.certs.Sha256;
import dev.credence.server.core.model.Attestation;
import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.Lifetime;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.ProcessSeen;
import dev.credence.server.core.port.Executions;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The table `execution`, and through [SqlCertificates] `certificate`. An ended execution never
/// changes again: the update itself refuses.
final class SqlExecutions implements Executions {
  private static final String INSERT =
      """
      INSERT INTO execution (
        id, kind, subject_id, registration_id, node_id, began_at_ns, lifetime,
        boot_id, pid_namespace, pid, start_time, executable_device, executable_inode, start_code, start_stack,
        arg_start, uid, gid, executable, evidence, code, isolation, ended_at_ns, end_reason,
        detached_at_ns)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)\
      """;

  private static final String UPDATE =
      """
      UPDATE execution SET
        boot_id = ?, pid_namespace = ?, pid = ?, start_time = ?, executable_device = ?, executable_inode = ?,
        start_code = ?, start_stack = ?, arg_start = ?, uid = ?, gid = ?, executable = ?, evidence = ?, code = ?,
        isolation = ?, ended_at_ns = ?, end_reason = ?, detached_at_ns = ?
      WHERE id = ? AND ended_at_ns IS NULL\
      """;

  private static final String COLUMNS =
      """
      id, kind, subject_id, registration_id, node_id,
      boot_id, pid_namespace, pid, start_time, executable_device, executable_inode, start_code, start_stack,
      arg_start, uid, gid, executable, evidence, code, isolation, began_at_ns, ended_at_ns, end_reason,
      lifetime, detached_at_ns
      """;

  private static final String BY_ID = "SELECT " + COLUMNS + "FROM execution WHERE id = ?";

  private static final String OF_RUNNING =
      """
      FROM execution
      WHERE node_id = ? AND subject_id = ?
        AND boot_id = ? AND pid_namespace = ? AND pid = ? AND start_time = ?
        AND executable_device = ? AND executable_inode = ?
        AND start_code = ? AND start_stack = ? AND arg_start = ?
        AND ended_at_ns IS NULL\
      """;

  private static final String RUNNING = "SELECT " + COLUMNS + OF_RUNNING;
  private static final String IS_RUNNING = "SELECT 1 " + OF_RUNNING;

  private static final String RUNNING_ON =
      "SELECT " + COLUMNS + "FROM execution WHERE node_id = ? AND ended_at_ns IS NULL ORDER BY seq";

  private static final String RUNNING_AS =
      "SELECT "
          + COLUMNS
          + """
          FROM execution
          WHERE boot_id = ? AND pid_namespace = ? AND pid = ? AND start_time = ? AND ended_at_ns IS NULL
          ORDER BY seq\
          """;

  private static final String RUNNING_OF =
      "SELECT "
          + COLUMNS
          + "FROM execution WHERE subject_id = ? AND ended_at_ns IS NULL ORDER BY seq";

  /// Sorted by an expression, or SQLite would walk along all executions to have the few in order.
  private static final String OUTLIVED =
      "SELECT "
          + COLUMNS
          + """
          FROM execution
          WHERE lifetime = 'svid' AND ended_at_ns IS NULL AND coalesce((
            SELECT c.not_after_ns FROM certificate c
            WHERE c.execution_seq = execution.seq ORDER BY c.seq DESC LIMIT 1), 0) <= ?
          ORDER BY seq + 0 LIMIT ?\
          """;

  private static final String COUNT_DETACHED =
      """
      SELECT count(*) FROM execution
      WHERE subject_id = ? AND node_id = ? AND lifetime = 'svid' AND ended_at_ns IS NULL
        AND detached_at_ns IS NOT NULL\
      """;

  private static final String MOVE =
      "UPDATE execution SET registration_id = ? WHERE id = ? AND ended_at_ns IS NULL";

  private static final String COUNT_RUNNING =
      "SELECT count(*) FROM execution WHERE ended_at_ns IS NULL";

  private static final String HOSTS =
      "SELECT DISTINCT node_id FROM execution WHERE ended_at_ns IS NULL";

  private static final String COUNT_RUNNING_ON =
      "SELECT count(*) FROM execution WHERE node_id = ? AND ended_at_ns IS NULL";

  private static final Paging PAGING = new Paging('x');

  private final SqlConnection connection;
  private final SqlCertificates certificates;

  SqlExecutions(SqlConnection connection) {
    this.connection = connection;
    this.certificates = new SqlCertificates(connection);
  }

  @Override
  public void insert(Execution execution) {
    SqlStatement insert =
        connection
            .keeping(INSERT)
            .id(execution.id())
            .text(execution.kind().label())
            .id(execution.host().subjectId())
            .id(execution.host().registrationId())
            .id(execution.host().nodeId())
            .time(execution.beganAt())
            .text(Words.of(execution.tie().lifetime()));
    bind(insert, execution).run();
    connection.forgetLarge(BY_ID, execution.id());
  }

  @Override
  public void update(Execution execution) {
    bind(connection.keeping(UPDATE), execution)
        .id(execution.id())
        .runOnOne("execution " + execution.id() + ": not there, or ended");
    connection.forgetLarge(BY_ID, execution.id());
  }

  private static SqlStatement bind(SqlStatement statement, Execution execution) {
    Attestation attestation = execution.attestation();
    return bind(statement, attestation.process().mark())
        .number(attestation.process().uid())
        .number(attestation.process().gid())
        .text(attestation.process().executable())
        .text(EvidenceText.of(attestation.evidence()))
        .text(attestation.code().label())
        .text(attestation.isolation().label())
        .maybeTime(execution.end().map(Execution.End::at))
        .maybeText(execution.end().map(Execution.End::reason))
        .maybeTime(execution.tie().detachedAt());
  }

  private static SqlStatement bind(SqlStatement statement, ProcessSeen.Mark mark) {
    return bind(statement, mark.instance())
        .number(mark.executableDevice())
        .number(mark.executableInode())
        .number(mark.image().startCode())
        .number(mark.image().startStack())
        .number(mark.image().argStart());
  }

  private static SqlStatement bind(SqlStatement statement, ProcessSeen.Instance instance) {
    return statement
        .text(instance.bootId())
        .number(instance.pidNamespace())
        .number(instance.pid())
        .number(instance.startTime());
  }

  @Override
  public Optional<Execution> find(Id id) {
    return connection.rememberLarge(
        BY_ID, id, () -> connection.sql(BY_ID).id(id).one(SqlExecutions::execution));
  }

  @Override
  public Optional<Execution> running(Id node, Id subject, ProcessSeen.Mark mark) {
    if (!bind(connection.sql(IS_RUNNING).id(node).id(subject), mark).any()) {
      return Optional.empty();
    }
    return bind(connection.sql(RUNNING).id(node).id(subject), mark).one(SqlExecutions::execution);
  }

  @Override
  public List<Execution> runningOn(Id node) {
    return connection.sql(RUNNING_ON).id(node).all(SqlExecutions::execution);
  }

  @Override
  public List<Execution> runningAs(ProcessSeen.Instance instance) {
    return bind(connection.sql(RUNNING_AS), instance).all(SqlExecutions::execution);
  }

  @Override
  public List<Execution> runningOf(Id subject) {
    return connection.sql(RUNNING_OF).id(subject).all(SqlExecutions::execution);
  }

  @Override
  public List<Execution> outlived(Instant at, int most) {
    return connection.sql(OUTLIVED).time(at).number(most).all(SqlExecutions::execution);
  }

  @Override
  public int countDetached(Id node, Id subject) {
    return Math.toIntExact(
        connection.sql(COUNT_DETACHED).id(subject).id(node).only(SqlRow::number));
  }

  @Override
  public void move(Id execution, Id registration) {
    connection
        .sql(MOVE)
        .id(registration)
        .id(execution)
        .runOnOne("execution " + execution + ": not there, or ended");
  }

  @Override
  public Set<Id> hosts() {
    return Set.copyOf(connection.sql(HOSTS).all(SqlRow::id));
  }

  @Override
  public long countRunning() {
    return connection.sql(COUNT_RUNNING).only(SqlRow::number);
  }

  @Override
  public long countRunningOn(Id node) {
    return connection.sql(COUNT_RUNNING_ON).id(node).only(SqlRow::number);
  }

  @Override
  public Page<Execution> list(Filter filter, Page.Request page) {
    String sql =
        "SELECT seq, "
            + COLUMNS
            + "FROM execution WHERE "
            + (filter.subject().isPresent() ? "subject_id = ? AND " : "")
            + (filter.ended() ? "" : "ended_at_ns IS NULL AND ")
            + "seq > ? ORDER BY seq LIMIT ?";
    SqlStatement query = connection.sql(sql);
    filter.subject().ifPresent(query::id);
    return PAGING.page(query, page, SqlExecutions::execution);
  }

  private static Execution execution(SqlRow row) throws SQLException {
    return new Execution(
        row.id(),
        ExecutionKind.parse(row.text()),
        new Execution.Host(row.id(), row.id(), row.id()),
        new Attestation(
            new ProcessSeen(mark(row), row.integer(), row.integer(), row.text()),
            EvidenceText.parse(row.text()),
            CodeAssurance.parse(row.text()),
            Isolation.parse(row.text())),
        row.time(),
        end(row),
        new Execution.Tie(row.word(Lifetime.class), row.maybeTime()));
  }

  private static ProcessSeen.Mark mark(SqlRow row) throws SQLException {
    return new ProcessSeen.Mark(
        new ProcessSeen.Instance(row.text(), row.number(), row.integer(), row.number()),
        row.number(),
        row.number(),
        new ProcessSeen.Image(row.number(), row.number(), row.number()));
  }

  private static Optional<Execution.End> end(SqlRow row) throws SQLException {
    Optional<Instant> at = row.maybeTime();
    Optional<String> reason = row.maybeText();
    return at.flatMap(known -> reason.map(why -> new Execution.End(known, why)));
  }

  @Override
  public void insert(CertificateRecord certificate) {
    certificates.insert(certificate);
  }

  @Override
  public Optional<CertificateRecord> certificateOfKey(Sha256 spki) {
    return certificates.ofKey(spki);
  }

  @Override
  public int countValidOfNode(Id node, int most, Instant validAt) {
    return certificates.countValidOfNode(node, most, validAt);
  }

  @Override
  public int countValid(Id execution, int newest, Instant validAt, Instant since) {
    return certificates.countValid(execution, newest, validAt, since);
  }

  @Override
  public boolean isCertified(Sha256 spki) {
    return certificates.isCertified(spki);
  }

  @Override
  public Optional<CertificateRecord> newestCertificate(Id execution) {
    return certificates.newest(execution);
  }
}
