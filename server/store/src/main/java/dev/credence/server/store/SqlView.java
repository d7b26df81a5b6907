package dev.credence.server.store;

import dev.credence.server.core.port.AdministratorReads;
import dev.credence.server.core.port.AuthorityReads;
import dev.credence.server.core.port.BarReads;
import dev.credence.server.core.port.EventReads;
import dev.credence.server.core.port.ExecutionReads;
import dev.credence.server.core.port.InventoryReads;
import dev.credence.server.core.port.MetaReads;
import dev.credence.server.core.port.NodeReads;
import dev.credence.server.core.port.NodeTraceReads;
import dev.credence.server.core.port.OwnerReads;
import dev.credence.server.core.port.RequestReads;
import dev.credence.server.core.port.RevokedReads;
import dev.credence.server.core.port.ServerReads;
import dev.credence.server.core.port.SetReads;
import dev.credence.server.core.port.SubjectReads;
import dev.credence.server.core.port.View;
import java.time.Instant;

/// What a query sees. The connection is a read-only one.
record SqlView(SqlSession session) implements View {
  @Override
  public OwnerReads owners() {
    return session.owners();
  }

  @Override
  public SubjectReads subjects() {
    return session.subjects();
  }

  @Override
  public NodeReads nodes() {
    return session.nodes();
  }

  @Override
  public ExecutionReads executions() {
    return session.executions();
  }

  @Override
  public AuthorityReads authorities() {
    return session.rest().authorities();
  }

  @Override
  public BarReads bars() {
    return session.rest().ends().bars();
  }

  @Override
  public AdministratorReads administrators() {
    return session.rest().administrators();
  }

  @Override
  public NodeTraceReads nodeTraces() {
    return session.rest().ends().nodeTraces();
  }

  @Override
  public ServerReads servers() {
    return session.rest().ends().servers();
  }

  @Override
  public RevokedReads revoked() {
    return session.rest().ends().revoked();
  }

  @Override
  public EventReads events() {
    return session.events();
  }

  @Override
  public RequestReads requests() {
    return session.rest().requests();
  }

  @Override
  public SetReads sets() {
    return session.rest().sets();
  }

  @Override
  public InventoryReads inventory() {
    return session.rest().inventory();
  }

  @Override
  public MetaReads meta() {
    return session.rest().meta();
  }

  /// PostgreSQL's own clock.
  Instant clock() {
    return session
        .connection()
        .sql("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)")
        .only(row -> Instant.ofEpochMilli(row.number()));
  }
}
