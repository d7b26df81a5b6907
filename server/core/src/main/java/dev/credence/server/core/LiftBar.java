package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Bar;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;

/// Lifts a bar: the agent may run on that node again. Thread-safe.
public final class LiftBar {
  private static final String OPERATION = "unbar-execution";

  private final Plumbing plumbing;
  private final CoreSettings settings;
  private final Barring barring;

  LiftBar(Plumbing plumbing, CoreSettings settings, Barring barring) {
    this.plumbing = plumbing;
    this.settings = settings;
    this.barring = barring;
  }

  /// Errors: INVALID, NOT_FOUND (execution, or nothing is barred), REQUEST_REUSED, UNAVAILABLE.
  ///
  /// @param execution id of the one that was revoked, or of any other of that agent on that node
  /// @param reason for people; may be empty
  public BarView run(Actor actor, RequestId request, String execution, String reason)
      throws ServerException {
    return plumbing
        .refusals()
        .watch(actor, OPERATION, About.nothing(), () -> lift(actor, request, execution, reason));
  }

  private BarView lift(Actor actor, RequestId request, String reference, String reason)
      throws ServerException {
    Id id = RevokeExecution.checked(reference, reason);
    var call = new Call(actor, request, Fingerprint.of(OPERATION).id(id).text(reason).digest());
    Bar lifted =
        plumbing
            .writes()
            .write(call, new Format(), tx -> barring.lift(tx, call, inForce(tx, id), reason));
    return plumbing.database().read(view -> Views.bar(view, settings.trustDomain(), lifted));
  }

  private static Bar inForce(Transaction tx, Id id) throws ServerException {
    Execution execution = References.execution(tx, id);
    Execution.Host host = execution.host();
    return tx.bars()
        .inForce(host.nodeId(), host.subjectId())
        .orElseThrow(() ->
            new ServerException(
                Kind.NOT_FOUND,
                Texts.format(
                    "execution %s: its agent is not barred on node %s (expected: one that credence"
                        + " execution list --barred shows)",
                    id, host.nodeId())));
  }

  private static final class Format implements AnswerFormat<Bar> {
    @Override
    public byte[] encode(Bar answer) {
      return answer.id().bytes();
    }

    @Override
    public Bar decode(View view, byte[] bytes) {
      return view.bars().find(Id.fromBytes(bytes)).orElseThrow();
    }
  }
}
