package dev.credence.server.core.port;

/// One consistent state of the database, for looking.
public interface View {
  OwnerReads owners();

  SubjectReads subjects();

  NodeReads nodes();

  ExecutionReads executions();

  AuthorityReads authorities();

  BarReads bars();

  AdministratorReads administrators();

  RevokedReads revoked();

  NodeTraceReads nodeTraces();

  ServerReads servers();

  EventReads events();

  RequestReads requests();

  SetReads sets();

  InventoryReads inventory();

  MetaReads meta();
}
