package dev.credence.server.core.port;

/// One transaction: reads see its own writes.
public interface Transaction extends View {
  @Override
  Owners owners();

  @Override
  Subjects subjects();

  @Override
  Nodes nodes();

  @Override
  Executions executions();

  @Override
  Authorities authorities();

  @Override
  Bars bars();

  @Override
  Administrators administrators();

  @Override
  Revoked revoked();

  @Override
  NodeTraces nodeTraces();

  @Override
  Servers servers();

  @Override
  Events events();

  @Override
  Requests requests();

  @Override
  Sets sets();

  @Override
  Inventory inventory();

  @Override
  Meta meta();

  /// Runs after the commit and before the write returns, in commit order, on one thread. Short, and
  /// never throws.
  void afterCommit(Runnable action);
}
