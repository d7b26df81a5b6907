package dev.credence.server.core;

import dev.credence.server.core.model.Node;
import dev.credence.server.core.port.Store;

/// What nodes do and what is done to them: contact, streams, leases, copies of their folder.
final class NodeCases {
  final NodeNews news;
  final ExecutionEnd executionEnd;
  final ForcedEnd forcedEnd;
  final RunningCounts runningCounts = new RunningCounts();
  final NodeRates rates;
  final NodeStreams streams;
  final NodeLeases leases;
  final NodeShutOut shutOut;
  final AttestNode attest;
  final RenewNode renew;
  final RecordRefusals recordRefusals;

  private final SvidExpiry expiry;
  private final NodeRates returns;
  private final NodeRates joins;
  private final StreamRates streamRates;

  NodeCases(Foundation base, Store store, Signing signing, ServerPresence presence) {
    CoreSettings settings = base.settings;
    this.news = new NodeNews(base.streams);
    this.executionEnd = new ExecutionEnd(base.despiteClock, runningCounts);
    this.forcedEnd = new ForcedEnd(base.despiteClock.database(), executionEnd, news);
    this.shutOut = new NodeShutOut(base.despiteClock, forcedEnd, news);
    this.rates = new NodeRates(settings.limits(), base.clock);
    this.returns =
        new NodeRates(new NodeRates.Rate(1, 20, "returns with an expired SVID"), base.clock);
    this.joins = AttestNode.joins(settings.lifetimes().node(), base.clock);
    this.streamRates = new StreamRates(base.database, base.clock);
    this.expiry = new SvidExpiry(base.database, executionEnd, news);
    var copies = new NodeCopies(base.plumbing, shutOut);
    this.leases =
        new NodeLeases(
            base.plumbing, executionEnd, settings.limits().nodeLease(), news::lapsed, presence);
    leases.begin(store.read(view -> view.nodes().all().stream().map(Node::id).toList()));
    this.streams =
        new NodeStreams(
            base.plumbing,
            base.registry,
            base.streams,
            signing.trust(),
            new NodeStreams.Keeping(executionEnd, leases, copies, streamRates, presence));
    this.attest = new AttestNode(base.plumbing, settings, signing.x509(), forcedEnd, joins);
    this.renew =
        new RenewNode(
            base.plumbing, settings, signing.x509(), new RenewNode.Guards(rates, returns, copies));
    this.recordRefusals =
        new RecordRefusals(base.plumbing, new ReportedSubjects(base.registry, streams));
  }

  /// What is done again and again.
  void schedule(Ticker ticker) {
    ticker.every(NodeLeases.LOOK_EVERY, leases::look);
    ticker.every(SvidExpiry.LOOK_EVERY, expiry::look);
    ticker.every(NodeLeases.LOOK_EVERY, streams::look);
    ticker.every(RefusalLog.WINDOW, rates::forgetFull);
    ticker.every(RefusalLog.WINDOW, returns::forgetFull);
    ticker.every(RefusalLog.WINDOW, joins::forgetFull);
    ticker.every(RefusalLog.WINDOW, streamRates::forgetFull);
  }
}
