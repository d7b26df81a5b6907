package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Bar;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The forced end of an execution, which bars: no process of that agent gets an identity on that
/// node until an administrator lifts it. What else of the agent runs there ends too, since it may
/// descend from the revoked process; and so does what runs there under the same uids as something
/// that a registrar registered, since that may be the same process. Thread-safe.
public final class RevokeExecution {
  private static final String OPERATION = "revoke-execution";
  static final int LONGEST_TEXT = 200;

  private final Plumbing plumbing;
  private final CoreSettings settings;
  private final Barring barring;
  private final ForcedEnd forcedEnd;

  RevokeExecution(Plumbing plumbing, CoreSettings settings, Barring barring, ForcedEnd forcedEnd) {
    this.plumbing = plumbing;
    this.settings = settings;
    this.barring = barring;
    this.forcedEnd = forcedEnd;
  }

  /// Revokes it. One that has ended already keeps its end, but bars all the same. Errors: INVALID,
  /// NOT_FOUND, REQUEST_REUSED, UNAVAILABLE.
  ///
  /// @param execution its id
  /// @param reason for people; may be empty
  public RevokedExecution run(Actor actor, RequestId request, String execution, String reason)
      throws ServerException {
    return plumbing
        .refusals()
        .watch(actor, OPERATION, About.nothing(), () -> revoke(actor, request, execution, reason));
  }

  private RevokedExecution revoke(Actor actor, RequestId request, String reference, String reason)
      throws ServerException {
    Id id = checked(reference, reason);
    var call = new Call(actor, request, Fingerprint.of(OPERATION).id(id).text(reason).digest());
    Done done = plumbing.writes().write(call, new Format(), tx -> revoke(tx, call, id, reason));
    return plumbing
        .database()
        .read(view ->
            new RevokedExecution(
                Views.execution(
                    view, settings.trustDomain(), References.execution(view, done.execution)),
                Views.bar(view, settings.trustDomain(), view.bars().find(done.bar).orElseThrow()),
                done.others));
  }

  static Id checked(String execution, String reason) throws ServerException {
    var problems = new Problems();
    problems.text("reason", reason, LONGEST_TEXT);
    problems.throwIfAny();
    return References.executionId(execution);
  }

  private record Done(Id execution, Id bar, int others) {}

  private Done revoke(Transaction tx, Call call, Id id, String reason) throws ServerException {
    Execution revoked = References.execution(tx, id);
    Execution.Host host = revoked.host();
    // First the bar, so that the node knows it before its processes come back.
    Bar bar = barring.set(tx, call, revoked, reason);
    forcedEnd.run(tx, revoked, why(call, reason.isEmpty() ? "revoked" : "revoked: " + reason));
    forcedEnd.endedOn(tx, host.nodeId(), host.subjectId());
    List<Execution> others =
        tx.executions().runningOn(host.nodeId()).stream()
            .filter(one -> one.host().subjectId().equals(host.subjectId()))
            .toList();
    others.forEach(one -> forcedEnd.run(tx, one, why(call, "barred")));
    Set<Integer> uids =
        Stream.concat(Stream.of(revoked), others.stream())
            .map(one -> one.attestation().process().uid())
            .collect(Collectors.toSet());
    uids.forEach(uid -> forcedEnd.endedAs(tx, host.nodeId(), uid));
    List<Execution> bound = Barring.bound(tx, bar, uids);
    bound.forEach(one -> forcedEnd.run(tx, one, why(call, "barred")));
    return new Done(id, bar.id(), others.size() + bound.size());
  }

  private static ExecutionEnd.Why why(Call call, String reason) {
    return new ExecutionEnd.Why(call.actor(), reason, Optional.of(call.request()));
  }

  private static final class Format implements AnswerFormat<Done> {
    private static final int ID = 16;

    @Override
    public byte[] encode(Done answer) {
      return ByteBuffer.allocate(2 * ID + Integer.BYTES)
          .put(answer.execution.bytes())
          .put(answer.bar.bytes())
          .putInt(answer.others)
          .array();
    }

    @Override
    public Done decode(View view, byte[] bytes) {
      var in = ByteBuffer.wrap(bytes);
      return new Done(id(in), id(in), in.getInt());
    }

    private static Id id(ByteBuffer in) {
      byte[] id = new byte[ID];
      in.get(id);
      return Id.fromBytes(id);
    }
  }
}
