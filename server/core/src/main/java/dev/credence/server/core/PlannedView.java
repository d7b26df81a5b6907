package dev.credence.server.core;

import dev.credence.certs.Name;
import dev.credence.server.core.model.SetMember;
import dev.credence.server.core.port.AdministratorReads;
import dev.credence.server.core.port.AuthorityReads;
import dev.credence.server.core.port.BarReads;
import dev.credence.server.core.port.EventReads;
import dev.credence.server.core.port.ExecutionReads;
import dev.credence.server.core.port.InventoryReads;
import dev.credence.server.core.port.MetaReads;
import dev.credence.server.core.port.NodeReads;
import dev.credence.server.core.port.NodeTraceReads;
import dev.credence.server.core.port.RequestReads;
import dev.credence.server.core.port.RevokedReads;
import dev.credence.server.core.port.ServerReads;
import dev.credence.server.core.port.SetReads;
import dev.credence.server.core.port.View;
import java.util.List;
import java.util.Optional;

/// The database as it will be after the changes planned so far: what refers to a thing that is yet
/// to be made finds it. Nothing is written. Confined to one thread.
final class PlannedView implements View {
  private final View base;
  private final PlannedOwners owners;
  private final PlannedSubjects subjects;

  PlannedView(View base) {
    this.base = base;
    this.owners = new PlannedOwners(base.owners());
    this.subjects = new PlannedSubjects(base.subjects());
  }

  @Override
  public PlannedOwners owners() {
    return owners;
  }

  @Override
  public PlannedSubjects subjects() {
    return subjects;
  }

  @Override
  public SetReads sets() {
    return base.sets();
  }

  /// What belongs to that set already.
  List<SetMember> members(Optional<Name> set) {
    return set.map(name -> base.sets().members(name)).orElse(List.of());
  }

  @Override
  public ServerReads servers() {
    return base.servers();
  }

  @Override
  public NodeReads nodes() {
    return base.nodes();
  }

  @Override
  public ExecutionReads executions() {
    return base.executions();
  }

  @Override
  public AuthorityReads authorities() {
    return base.authorities();
  }

  @Override
  public BarReads bars() {
    return base.bars();
  }

  @Override
  public RevokedReads revoked() {
    return base.revoked();
  }

  @Override
  public NodeTraceReads nodeTraces() {
    return base.nodeTraces();
  }

  @Override
  public EventReads events() {
    return base.events();
  }

  @Override
  public RequestReads requests() {
    return base.requests();
  }

  @Override
  public AdministratorReads administrators() {
    return base.administrators();
  }

  @Override
  public InventoryReads inventory() {
    return base.inventory();
  }

  @Override
  public MetaReads meta() {
    return base.meta();
  }
}
