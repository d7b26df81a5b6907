package dev.credence.server.core;

/// The life of executions, and what ends it.
record ExecutionCases(
    OpenExecution open,
    RenewExecution renew,
    IssueJwtSvid jwt,
    EndExecution end,
    RevokeExecution revoke,
    LiftBar unbar,
    DecideNode decideNode) {
  static ExecutionCases of(Foundation base, Signing signing, NodeCases nodes, Queries queries) {
    Plumbing plumbing = base.plumbing;
    Plumbing despiteClock = base.despiteClock;
    CoreSettings settings = base.settings;
    var barring = new Barring(despiteClock, nodes.news);
    return new ExecutionCases(
        new OpenExecution(
            plumbing,
            settings,
            nodes.streams,
            signing.x509(),
            new NodeGuards(nodes.runningCounts, nodes.rates)),
        new RenewExecution(
            plumbing,
            settings,
            nodes.streams,
            signing.x509(),
            new RenewExecution.Ending(nodes.executionEnd, nodes.rates)),
        new IssueJwtSvid(plumbing, settings, nodes.streams, signing.jwt(), nodes.rates),
        new EndExecution(despiteClock, settings, nodes.news, nodes.executionEnd, nodes.rates),
        new RevokeExecution(despiteClock, settings, barring, nodes.forcedEnd),
        new LiftBar(plumbing, settings, barring),
        new DecideNode(despiteClock, queries, nodes.shutOut));
  }
}
