package dev.credence.server.store;

import dev.credence.server.core.port.Administrators;
import dev.credence.server.core.port.Authorities;
import dev.credence.server.core.port.Bars;
import dev.credence.server.core.port.Events;
import dev.credence.server.core.port.Executions;
import dev.credence.server.core.port.Inventory;
import dev.credence.server.core.port.Meta;
import dev.credence.server.core.port.NodeTraces;
import dev.credence.server.core.port.Nodes;
import dev.credence.server.core.port.Owners;
import dev.credence.server.core.port.Requests;
import dev.credence.server.core.port.Revoked;
import dev.credence.server.core.port.Servers;
import dev.credence.server.core.port.Sets;
import dev.credence.server.core.port.Subjects;
import dev.credence.server.core.port.Transaction;
import java.util.ArrayList;
import java.util.List;

/// What one run of a work reads and writes. Used on the writer's thread only, and only while the
/// work runs.
final class SqlTransaction implements Transaction {
  private final SqlSession session;
  private final List<Runnable> afterCommit = new ArrayList<>();
  private boolean over;

  SqlTransaction(SqlSession session) {
    this.session = session;
  }

  /// The work has returned.
  ///
  /// @return what it wants to run after the commit
  List<Runnable> end() {
    over = true;
    return List.copyOf(afterCommit);
  }

  private SqlSession session() {
    if (over) {
      throw new IllegalStateException("a transaction was used after its end");
    }
    return session;
  }

  @Override
  public Owners owners() {
    return session().owners();
  }

  @Override
  public Subjects subjects() {
    return session().subjects();
  }

  @Override
  public Nodes nodes() {
    return session().nodes();
  }

  @Override
  public Executions executions() {
    return session().executions();
  }

  @Override
  public Authorities authorities() {
    return session().rest().authorities();
  }

  @Override
  public Bars bars() {
    return session().rest().ends().bars();
  }

  @Override
  public Administrators administrators() {
    return session().rest().administrators();
  }

  @Override
  public NodeTraces nodeTraces() {
    return session().rest().ends().nodeTraces();
  }

  @Override
  public Servers servers() {
    return session().rest().ends().servers();
  }

  @Override
  public Revoked revoked() {
    return session().rest().ends().revoked();
  }

  @Override
  public Events events() {
    return session().events();
  }

  @Override
  public Requests requests() {
    return session().rest().requests();
  }

  @Override
  public Sets sets() {
    return session().rest().sets();
  }

  @Override
  public Inventory inventory() {
    return session().rest().inventory();
  }

  @Override
  public Meta meta() {
    return session().rest().meta();
  }

  @Override
  public void afterCommit(Runnable action) {
    session();
    afterCommit.add(action);
  }
}
