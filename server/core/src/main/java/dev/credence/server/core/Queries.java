package dev.credence.server.core;

import dev.credence.attestors.NearestWord;
import dev.credence.certs.Id;
import dev.credence.certs.Identity;
import dev.credence.certs.Printable;
import dev.credence.certs.TrustDomain;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.Execution;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.ProcessSeen;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.model.UnregisteredSum;
import dev.credence.server.core.port.Events;
import dev.credence.server.core.port.Executions;
import dev.credence.server.core.port.InventoryReads;
import dev.credence.server.core.port.View;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/// Everything that only looks. Each answer is one consistent state that includes every acknowledged
/// write. Thread-safe.
public final class Queries {
  private final Database database;
  private final Looking looking;
  private final TrustDomain trustDomain;
  private final NodeStreams streams;
  private final EventFeed feed;

  Queries(Looking looking, Database database, CoreSettings settings, Feeds feeds) {
    this(looking, database, settings.trustDomain(), feeds.streams, feeds.events);
  }

  private Queries(
      Looking looking,
      Database database,
      TrustDomain trustDomain,
      NodeStreams streams,
      EventFeed feed) {
    this.looking = looking;
    this.database = database;
    this.trustDomain = trustDomain;
    this.streams = streams;
    this.feed = feed;
  }

  /// Where what is new comes from.
  record Feeds(NodeStreams streams, EventFeed events) {}

  /// The same on behalf of a caller: of what an administrator over the network may not see, lists
  /// say nothing, and everything else is REFUSED.
  public Queries as(Actor actor) {
    return new Queries(looking.as(actor), database, trustDomain, streams, feed);
  }

  /// By name or id. Errors: NOT_FOUND.
  public OwnerView owner(String reference) throws ServerException {
    return looking.read(
        Right.LOOK_AT_OWN, (view, reach) -> Views.owner(view, reach.owner(view, reference)));
  }

  /// In order of creation. Errors: INVALID (page).
  public Page<OwnerView> owners(Page.Request page) throws ServerException {
    return looking.paged(
        Right.LOOK_AT_OWN,
        (view, reach) ->
            map(
                view.owners().list(page),
                owner -> reach.covers(owner.id()),
                owner -> Views.owner(view, owner)));
  }

  /// By `OWNER/NAME`, by `NAME` where it is unique for that kind, or by id. Errors: NOT_FOUND,
  /// AMBIGUOUS (names the candidates).
  public SubjectView subject(SubjectKind kind, String reference) throws ServerException {
    return looking.read(
        Right.LOOK_AT_OWN,
        (view, reach) -> Views.subject(view, trustDomain, reach.subject(view, kind, reference)));
  }

  /// In order of creation. Errors: INVALID (page).
  public Page<SubjectView> subjects(SubjectKind kind, Page.Request page) throws ServerException {
    return looking.paged(
        Right.LOOK_AT_OWN,
        (view, reach) ->
            map(
                view.subjects().list(kind, page),
                reach::covers,
                subject -> Views.subject(view, trustDomain, subject)));
  }

  /// By id. Errors: NOT_FOUND.
  public NodeView node(String reference) throws ServerException {
    return looking.read(Right.LOOK, (view, _) -> shown(view, References.node(view, reference)));
  }

  /// In order of attestation. Errors: INVALID (page).
  public Page<NodeView> nodes(Page.Request page) throws ServerException {
    return looking.paged(
        Right.LOOK,
        (view, _) -> map(view.nodes().list(page), _ -> true, node -> shown(view, node)));
  }

  NodeView shown(View view, Node node) {
    Optional<Id> server = streams.serverOf(view, node.id());
    return new NodeView(
        node,
        new Identity.Node(node.id()).in(trustDomain),
        server,
        server.isPresent() ? database.now() : node.presence().lastSeenAt());
  }

  /// By id. Errors: NOT_FOUND.
  public ExecutionView execution(String reference) throws ServerException {
    return looking.read(
        Right.LOOK_AT_OWN,
        (view, reach) ->
            Views.execution(
                view, trustDomain, reach.execution(view, References.executionId(reference))));
  }

  /// In order of beginning. Errors: NOT_FOUND, AMBIGUOUS (subject), INVALID (page).
  ///
  /// @param subject of this agent or service only; empty: of all
  /// @param ended ended ones too
  public Page<ExecutionView> executions(String subject, boolean ended, Page.Request page)
      throws ServerException {
    return looking.paged(
        Right.LOOK_AT_OWN,
        (view, reach) ->
            map(
                view.executions()
                    .list(new Executions.Filter(subjectId(view, reach, subject), ended), page),
                execution -> reach.covers(view, execution),
                execution -> Views.execution(view, trustDomain, execution)));
  }

  /// In order of setting. Errors: INVALID (page).
  ///
  /// @param lifted lifted ones too
  public Page<BarView> bars(boolean lifted, Page.Request page) throws ServerException {
    return looking.paged(
        Right.LOOK_AT_OWN,
        (view, reach) ->
            map(
                map(
                    view.bars().list(lifted, page),
                    _ -> true,
                    bar -> Views.bar(view, trustDomain, bar)),
                shown -> reach.covers(shown.subject()),
                shown -> shown));
  }

  /// How many executions run.
  public long runningExecutions() throws ServerException {
    return database.read(view -> view.executions().countRunning());
  }

  /// Running executions of that process, whoever's: to know an attested process on the server's own
  /// host.
  public List<Execution> runningAs(ProcessSeen.Instance instance) throws ServerException {
    return database.read(view -> view.executions().runningAs(instance));
  }

  /// Which events a reader wants, not yet checked.
  ///
  /// @param after only higher numbers
  /// @param kind label of an [EventKind]; empty: all
  /// @param subject reference of an agent or service; empty: all
  /// @param node id of a node that they are about; empty: all. Only together with a kind
  public record EventQuery(
      long after, Optional<Instant> since, String kind, String subject, String node) {
    /// Of whatever node.
    public EventQuery(long after, Optional<Instant> since, String kind, String subject) {
      this(after, since, kind, subject, "");
    }
  }

  /// What asked for an identity and had no registration, by node, user and executable, in order of
  /// creation. A row that was displaced and came again between two pages is in both. Errors:
  /// INVALID (page), NOT_FOUND (node).
  ///
  /// @param since only rows of which one asked then or later; what they count is from their own
  ///   beginning on
  /// @param node id of a node; empty: of all
  public Page<UnregisteredSum> unregistered(Optional<Instant> since, String node, Page.Request page)
      throws ServerException {
    Instant kept = database.now().minus(UnregisteredSums.KEPT);
    Instant from = since.filter(kept::isBefore).orElse(kept);
    return looking.paged(
        Right.LOOK_AT_OWN,
        (view, reach) -> {
          reach.requireWhole("what asks on all nodes is not for a registrar");
          return view.inventory().list(new InventoryReads.Filter(from, node(view, node)), page);
        });
  }

  private static Optional<Id> node(View view, String reference) throws ServerException {
    return reference.isEmpty()
        ? Optional.empty()
        : Optional.of(References.node(view, reference).id());
  }

  /// In order, at most `limit` (1 to 1000). Errors: INVALID (kind, limit), NOT_FOUND, AMBIGUOUS
  /// (subject).
  public List<EventView> events(EventQuery query, int limit) throws ServerException {
    if (limit < 1 || limit > 1000) {
      throw new ServerException(
          Kind.INVALID, Texts.format("page size: %d (expected: 1 to 1000)", limit));
    }
    return looking.read(
        Right.LOOK_AT_OWN,
        (view, reach) -> Views.events(view, view.events().list(filter(view, reach, query), limit)));
  }

  /// Past events, then new ones as they are committed. Errors as [#events].
  ///
  /// @param changed called by any thread, must be cheap: [EventFollower#next()] may have something
  public EventFollower follow(EventQuery query, Runnable changed) throws ServerException {
    return feed.follow(
        looking.read(Right.LOOK_AT_OWN, (view, reach) -> filter(view, reach, query)),
        looking,
        changed);
  }

  private static Events.Filter filter(View view, Reach reach, EventQuery query)
      throws ServerException {
    Optional<EventKind> kind = EventKind.of(query.kind);
    if (kind.isEmpty() && !query.kind.isEmpty()) {
      throw unknownKind(query.kind);
    }
    if (query.subject.isEmpty()) {
      reach.requireWhole(
          "events of everybody are not for a registrar; name one of its agents or services");
    }
    return new Events.Filter(
        query.after,
        query.since,
        kind,
        subjectId(view, reach, query.subject),
        nodeId(view, kind, query.node));
  }

  private static ServerException unknownKind(String kind) {
    List<String> known = Arrays.stream(EventKind.values()).map(EventKind::label).toList();
    return new ServerException(
        Kind.INVALID,
        Texts.format(
            "event kind %s (%sexpected: one of %s)",
            Printable.quoted(kind),
            NearestWord.of(kind, known).map(near -> "did you mean " + near + "? ").orElse(""),
            String.join(", ", known)));
  }

  /// Events have no index by node; those of one kind are few enough.
  private static Optional<Id> nodeId(View view, Optional<EventKind> kind, String reference)
      throws ServerException {
    if (!reference.isEmpty() && kind.isEmpty()) {
      throw new ServerException(Kind.INVALID, "node: without a kind (expected: a kind too)");
    }
    return node(view, reference);
  }

  private static Optional<Id> subjectId(View view, Reach reach, String reference)
      throws ServerException {
    return reference.isEmpty()
        ? Optional.empty()
        : Optional.of(reach.anySubject(view, reference).id());
  }

  private static <A, B> Page<B> map(Page<A> page, Predicate<A> shown, Function<A, B> each) {
    return new Page<>(page.items().stream().filter(shown).map(each).toList(), page.next());
  }
}
