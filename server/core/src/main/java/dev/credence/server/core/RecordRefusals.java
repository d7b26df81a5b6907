package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Subject;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes events of the calls that a node refused on its own. Thread-safe.
public final class RecordRefusals {
  // The number that no user and no group has.
  private static final int SEVERAL = -1;
  private static final Logger LOG = LoggerFactory.getLogger(RecordRefusals.class);
  private static final String OPERATION = "workload-api";
  private static final String LAUNCH = "launch";
  private static final int MOST_AT_ONCE = 200;
  private static final int LONGEST_TEXT = 512;
  // More than any node can refuse between two reports.
  private static final long MOST_COUNTED = Integer.MAX_VALUE;
  private static final Pattern REASON = Pattern.compile("[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?");

  private final Plumbing plumbing;
  private final ReportedSubjects subjects;

  RecordRefusals(Plumbing plumbing, ReportedSubjects subjects) {
    this.plumbing = plumbing;
    this.subjects = subjects;
  }

  /// A malformed one (no word as reason, no count) is dropped, and so is what is more than 200 at
  /// once; a count beyond 2^31 - 1 counts as that. Errors: REFUSED (not active), UNAVAILABLE.
  ///
  /// @param node the caller, known by its SVID
  public void run(Id node, List<NodeRefusal> refusals) throws ServerException {
    var actor = new Actor.Node(node);
    boolean _ =
        plumbing
            .refusals()
            .watch(actor, "report-refusals", About.node(node), () -> record(actor, refusals));
  }

  private boolean record(Actor.Node actor, List<NodeRefusal> refusals) throws ServerException {
    plumbing.database().read(view -> CallingNode.active(view, actor.id()));
    List<NodeRefusal> wellFormed =
        refusals.stream().limit(MOST_AT_ONCE).filter(RecordRefusals::isWellFormed).toList();
    if (wellFormed.size() < refusals.size()) {
      LOG.atWarn()
          .addKeyValue("node", actor.id())
          .addKeyValue("dropped", refusals.size() - wellFormed.size())
          .log("refusals reported by a node: malformed, or more than 200 at once");
    }
    for (NodeRefusal refusal : wellFormed) {
      Optional<Subject> subject = subjects.of(actor.id(), refusal.aim().subject());
      plumbing
          .refusals()
          .record(
              key(actor, refusal, subject),
              details(refusal).event(kind(refusal), actor, about(actor, subject)),
              Math.min(refusal.count(), MOST_COUNTED));
    }
    return true;
  }

  private static boolean isWellFormed(NodeRefusal refusal) {
    return REASON.matcher(refusal.reason()).matches()
        && (refusal.aim().step().isEmpty() || REASON.matcher(refusal.aim().step()).matches())
        && refusal.count() >= 1;
  }

  private static String operation(NodeRefusal refusal) {
    return refusal.reason().equals(LAUNCH) ? LAUNCH : OPERATION;
  }

  private static EventKind kind(NodeRefusal refusal) {
    return refusal.reason().equals("unregistered") ? EventKind.UNREGISTERED : EventKind.REFUSED;
  }

  private static RefusalLog.Key key(
      Actor.Node actor, NodeRefusal refusal, Optional<Subject> subject) {
    NodeRefusal.Caller process = refusal.process();
    return new RefusalLog.Key(
        actor.label(),
        operation(refusal),
        Texts.format(
            "%s %s %s %s %s",
            refusal.reason(),
            refusal.aim().step(),
            subject.map(it -> it.id().toString()).orElse(""),
            Integer.toUnsignedString(process.uid()),
            Texts.cut(process.executable(), LONGEST_TEXT)));
  }

  private static Details details(NodeRefusal refusal) {
    NodeRefusal.Caller process = refusal.process();
    Details details =
        Details.of("operation", operation(refusal))
            .and("reason", refusal.reason())
            .and("detail", Texts.cut(refusal.detail(), LONGEST_TEXT))
            .and("step", refusal.aim().step())
            .and("program", Texts.cut(refusal.aim().program(), LONGEST_TEXT))
            .and("uid", number(process.uid()))
            .and("gid", number(process.gid()))
            .and(
                "pid",
                process.pid().isPresent() ? Integer.toString(process.pid().getAsInt()) : "unknown")
            .and("executable", Texts.cut(process.executable(), LONGEST_TEXT));
    if (kind(refusal) == EventKind.UNREGISTERED) {
      SuggestedSelectors.put(refusal.suggestion(), details);
    }
    return details;
  }

  /// Empty, so left out: callers of several are counted together.
  private static String number(int id) {
    return id == SEVERAL ? "" : Integer.toUnsignedString(id);
  }

  private static About about(Actor.Node actor, Optional<Subject> subject) {
    return new About(
        subject.map(it -> it.handle().ownerId()),
        subject.map(Subject::id),
        Optional.of(actor.id()),
        Optional.empty());
  }
}
