package dev.credence.server.core;

import dev.credence.server.core.ChangeReport.Affected;
import dev.credence.server.core.ChangeReport.FieldChange;
import dev.credence.server.core.DecidedNode.Already;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// An administrator takes a node out of service, or back into it. What it was is decided inside the
/// transaction. Thread-safe.
public final class DecideNode {
  private final Plumbing plumbing;
  private final Queries queries;
  private final NodeShutOut shutOut;

  DecideNode(Plumbing plumbing, Queries queries, NodeShutOut shutOut) {
    this.plumbing = plumbing;
    this.queries = queries;
    this.shutOut = shutOut;
  }

  /// What can be decided.
  public enum Decision {
    /// Out of service until it is resumed; its executions end.
    SUSPEND,
    /// Back into service after a suspension.
    RESUME,
    /// For good: its key and its SVIDs are never accepted again.
    BAN,
    /// Its machine must join anew, with a new token and a new key, as another node.
    EVICT;

    NodeState to() {
      return switch (this) {
        case SUSPEND -> NodeState.SUSPENDED;
        case RESUME -> NodeState.ACTIVE;
        case BAN -> NodeState.BANNED;
        case EVICT -> NodeState.EVICTED;
      };
    }

    Set<NodeState> from() {
      return switch (this) {
        case SUSPEND -> Set.of(NodeState.ACTIVE);
        case RESUME -> Set.of(NodeState.SUSPENDED);
        case BAN -> Set.of(NodeState.ACTIVE, NodeState.SUSPENDED, NodeState.EVICTED);
        case EVICT -> Set.of(NodeState.ACTIVE, NodeState.SUSPENDED);
      };
    }

    EventKind event() {
      return this == RESUME ? EventKind.NODE_RESUMED : NodeShutOut.kind(to());
    }

    String operation() {
      return name().toLowerCase(Locale.ROOT) + "-node";
    }
  }

  /// What an administrator wants.
  ///
  /// @param node its id
  /// @param reason for people; may be empty
  public record Wanted(Decision decision, String node, String reason) {}

  /// Deciding what is so already changes nothing. Errors: INVALID, NOT_FOUND, REFUSED (not from the
  /// state that it is in), REQUEST_REUSED, UNAVAILABLE.
  public DecidedNode run(Actor actor, RequestId request, Wanted wanted) throws ServerException {
    return plumbing
        .refusals()
        .watch(
            actor,
            wanted.decision.operation(),
            About.nothing(),
            () -> decide(actor, request, wanted));
  }

  /// What [#run] would do now. Nothing is changed; only a refusal leaves an event. Needs what the
  /// decision itself needs, so that nobody may ask what they may not do. Errors: INVALID,
  /// NOT_FOUND, REFUSED (not from the state that it is in).
  public Changed<NodeView> wouldDo(Actor actor, Wanted wanted) throws ServerException {
    requireReason(wanted);
    return plumbing
        .refusals()
        .watchDryRun(
            actor,
            wanted.decision.operation(),
            () -> plumbing.database().read(view -> tried(view, actor, wanted)));
  }

  private Changed<NodeView> tried(View view, Actor actor, Wanted wanted) throws ServerException {
    Reach _ = Reach.of(view, actor, Right.OPERATE);
    Node node = References.node(view, wanted.node);
    Plan plan =
        changes(node, wanted.decision)
            ? plan(view, node, wanted.decision)
            : Plan.already(node.id(), since(view, node, wanted.decision));
    return new Changed<>(queries.shown(view, node), plan.report(false));
  }

  private static Plan plan(View view, Node node, Decision decision) {
    String thing = "node " + node.id();
    List<FieldChange> changes = new ArrayList<>();
    changes.add(new FieldChange(thing, "state", word(node.state()), word(decision.to())));
    if (decision == Decision.RESUME) {
      changes.add(new FieldChange(thing, "starts-and-renewals", "known", "forgotten"));
      changes.add(new FieldChange(thing, "decided-key", "", node.key().toString()));
    } else if (decision != Decision.SUSPEND) {
      changes.add(new FieldChange(thing, "own-svids", "accepted", "revoked"));
    }
    return new Plan(
        node.id(),
        changes,
        decision == Decision.RESUME ? List.of() : ending(view, node, decision),
        (_, _) -> {});
  }

  private static List<Affected> ending(View view, Node node, Decision decision) {
    String reason = NodeShutOut.reason(decision.to());
    return view.executions().runningOn(node.id()).stream()
        .map(one ->
            Fate.ends(one, reason).of(view.subjects().find(one.host().subjectId()).orElseThrow()))
        .toList();
  }

  private static void requireReason(Wanted wanted) throws ServerException {
    var problems = new Problems();
    problems.text("reason", wanted.reason, RevokeExecution.LONGEST_TEXT);
    problems.throwIfAny();
  }

  private DecidedNode decide(Actor actor, RequestId request, Wanted wanted) throws ServerException {
    requireReason(wanted);
    var fingerprint =
        Fingerprint.of(wanted.decision.operation()).text(wanted.node).text(wanted.reason).digest();
    var call = new Call(actor, request, fingerprint);
    NodeDone done =
        plumbing.writes().write(call, new NodeDoneFormat(), tx -> decide(tx, call, wanted));
    return new DecidedNode(queries.node(done.node().toString()), done.ended(), done.already());
  }

  private static Optional<Instant> since(View view, Node node, Decision decision) {
    return view.events().newest(decision.event(), node.id());
  }

  private NodeDone decide(Transaction tx, Call call, Wanted wanted) throws ServerException {
    Node node = References.node(tx, wanted.node);
    Decision decision = wanted.decision;
    if (!changes(node, decision)) {
      return new NodeDone(node.id(), 0, Optional.of(new Already(since(tx, node, decision))));
    }
    if (decision == Decision.RESUME) {
      resume(tx, call, node, wanted.reason);
      return new NodeDone(node.id(), 0);
    }
    var why = new ExecutionEnd.Why(call.actor(), wanted.reason, Optional.of(call.request()));
    return new NodeDone(node.id(), shutOut.run(tx, node, decision.to(), why));
  }

  /// False if it is so already. Errors: REFUSED (not from the state that it is in).
  private static boolean changes(Node node, Decision decision) throws ServerException {
    if (node.state() == decision.to()) {
      return false;
    }
    if (!decision.from().contains(node.state())) {
      throw new ServerException(
          Kind.REFUSED,
          Texts.format(
              "node %s: %s (expected: %s)", node.id(), word(node.state()), words(decision.from())));
    }
    return true;
  }

  private void resume(Transaction tx, Call call, Node node, String reason) {
    tx.nodes().update(NodeShutOut.in(node, NodeState.ACTIVE));
    tx.nodeTraces().forget(node.id());
    tx.nodeTraces().decided(node.id(), node.key());
    plumbing
        .journal()
        .append(
            tx,
            Details.of("reason", reason)
                .and("was", word(node.state()))
                .event(EventKind.NODE_RESUMED, call.actor(), About.node(node.id()), call.request()),
            plumbing.database().now());
  }

  private static String word(NodeState state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  private static String words(Set<NodeState> states) {
    return states.stream().sorted().map(DecideNode::word).collect(Collectors.joining(" or "));
  }
}
