package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.Printable;
import dev.credence.certs.TrustDomain;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.port.View;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Ends a running execution: its node saw the process end, or an administrator says so. Idempotent:
/// ended is final, and the first reason stays. Thread-safe.
public final class EndExecution {
  private static final String OPERATION = "end-execution";
  private static final Pattern REASON = Pattern.compile("[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?");
  // What an execution that ends with its SVID survives: they speak about the process alone.
  private static final Set<String> OF_THE_PROCESS =
      Set.of(
          "process-exited",
          "process-changed",
          "process-traced",
          "code-changed",
          "cgroup-left",
          "credentials-changed",
          "isolation-lost");
  private static final int LONGEST_TEXT = 200;

  private final Plumbing plumbing;
  private final TrustDomain trustDomain;
  private final NodeNews news;
  private final ExecutionEnd executionEnd;
  private final NodeRates rates;
  private final AnswerFormat<Execution> format = new Format();

  EndExecution(
      Plumbing plumbing,
      CoreSettings settings,
      NodeNews news,
      ExecutionEnd executionEnd,
      NodeRates rates) {
    this.plumbing = plumbing;
    this.trustDomain = settings.trustDomain();
    this.news = news;
    this.executionEnd = executionEnd;
    this.rates = rates;
  }

  /// What a node reports.
  ///
  /// @param reason a word: "process-exited", "process-changed"
  public record Report(Id startId, Id execution, String reason) {}

  /// By the hosting node. If only the process is gone, what ends with its SVID goes on. Errors:
  /// INVALID (reason), NOT_FOUND, REFUSED (hosted by another node), STALE, REQUEST_REUSED,
  /// UNAVAILABLE.
  public Execution byNode(Id node, RequestId request, Report report) throws ServerException {
    var actor = new Actor.Node(node);
    var about =
        new About(
            Optional.empty(), Optional.empty(), Optional.of(node), Optional.of(report.execution));
    return plumbing
        .refusals()
        .watch(actor, OPERATION, about, () -> reported(actor, request, report));
  }

  private Execution reported(Actor.Node actor, RequestId request, Report report)
      throws ServerException {
    rates.enter(actor.id());
    if (!REASON.matcher(report.reason).matches()) {
      throw new ServerException(
          Kind.INVALID,
          Texts.format(
              "reason %s (expected: [a-z0-9] and inner -, at most 64 characters)",
              Printable.quoted(report.reason)));
    }
    var fingerprint =
        Fingerprint.of(OPERATION)
            .id(report.startId)
            .id(report.execution)
            .text(report.reason)
            .digest();
    var why = new ExecutionEnd.Why(actor, report.reason, Optional.of(request));
    return plumbing
        .writes()
        .write(
            new Call(actor, request, fingerprint),
            format,
            tx -> {
              CallingNode.current(tx, actor.id(), report.startId);
              Execution found = HostedExecution.find(tx, actor.id(), report.execution);
              return OF_THE_PROCESS.contains(report.reason)
                  ? executionEnd.processGone(tx, found.id(), why).orElse(found)
                  : executionEnd.ifRunning(tx, found.id(), why).orElse(found);
            });
  }

  /// By an administrator. The hosting node is told after the commit. The process may open a new
  /// one: an end does not bar. Errors: INVALID, NOT_FOUND, REQUEST_REUSED, UNAVAILABLE.
  ///
  /// @param execution its id
  /// @param reason for people; may be empty
  public ExecutionView byAdministrator(
      Actor actor, RequestId request, String execution, String reason) throws ServerException {
    return plumbing
        .refusals()
        .watch(
            actor,
            OPERATION,
            About.nothing(),
            () -> administratively(actor, request, execution, reason));
  }

  private ExecutionView administratively(
      Actor actor, RequestId request, String reference, String reason) throws ServerException {
    var problems = new Problems();
    problems.text("reason", reason, LONGEST_TEXT);
    problems.throwIfAny();
    Id id = References.executionId(reference);
    var why =
        new ExecutionEnd.Why(
            actor,
            reason.isEmpty() ? "administrator" : "administrator: " + reason,
            Optional.of(request));
    var call = new Call(actor, request, Fingerprint.of(OPERATION).id(id).text(reason).digest());
    Execution ended =
        plumbing
            .writes()
            .write(
                call,
                format,
                tx -> {
                  Execution found = References.execution(tx, id);
                  Optional<Execution> now = executionEnd.ifRunning(tx, id, why);
                  now.ifPresent(it -> tx.afterCommit(() -> news.ended(it, why.reason())));
                  return now.orElse(found);
                });
    return plumbing.database().read(view -> Views.execution(view, trustDomain, ended));
  }

  private static final class Format implements AnswerFormat<Execution> {
    @Override
    public byte[] encode(Execution answer) {
      return answer.id().bytes();
    }

    @Override
    public Execution decode(View view, byte[] bytes) {
      return view.executions().find(Id.fromBytes(bytes)).orElseThrow();
    }
  }
}
