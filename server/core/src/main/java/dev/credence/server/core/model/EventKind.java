package dev.credence.server.core.model;

import java.util.Arrays;
import java.util.Optional;

/// What can happen. docs/reference/events.md says when each is written and with which details; a
/// test keeps it true.
public enum EventKind {
  SERVER_STARTED("server-started"),
  SERVER_RESTORED("server-restored"),
  BACKUP_TAKEN("backup-taken"),
  CLOCK_REFUSED("clock-refused"),
  CLOCK_ACCEPTED("clock-accepted"),
  AUTHORITY_CREATED("authority-created"),
  AUTHORITY_PREPARED("authority-prepared"),
  AUTHORITY_ACTIVATED("authority-activated"),
  AUTHORITY_TAINTED("authority-tainted"),
  AUTHORITY_REVOKED("authority-revoked"),
  PERSON_CREATED("person-created"),
  OWNER_CREATED("owner-created"),
  AGENT_CREATED("agent-created"),
  SERVICE_CREATED("service-created"),
  REGISTRATION_CREATED("registration-created"),
  REGISTRATION_REMOVED("registration-removed"),
  AGENT_UPDATED("agent-updated"),
  AGENT_SUSPENDED("agent-suspended"),
  AGENT_RESUMED("agent-resumed"),
  AGENT_RETIRED("agent-retired"),
  AGENT_TRANSFERRED("agent-transferred"),
  SERVICE_UPDATED("service-updated"),
  SERVICE_SUSPENDED("service-suspended"),
  SERVICE_RESUMED("service-resumed"),
  SERVICE_RETIRED("service-retired"),
  SERVICE_TRANSFERRED("service-transferred"),
  OWNER_UPDATED("owner-updated"),
  OWNER_SUSPENDED("owner-suspended"),
  OWNER_RESUMED("owner-resumed"),
  OWNER_RETIRED("owner-retired"),
  PERSON_UPDATED("person-updated"),
  PERSON_REMOVED("person-removed"),
  JOIN_TOKEN_CREATED("join-token-created"),
  JOIN_TOKENS_VOIDED("join-tokens-voided"),
  NODE_ATTESTED("node-attested"),
  NODE_RENEWED("node-renewed"),
  NODE_RETURNED("node-returned"),
  NODE_STARTED("node-started"),
  NODE_LOST("node-lost"),
  NODE_SUSPENDED("node-suspended"),
  NODE_RESUMED("node-resumed"),
  NODE_BANNED("node-banned"),
  NODE_EVICTED("node-evicted"),
  EXECUTION_BEGAN("execution-began"),
  EXECUTION_ENDED("execution-ended"),
  /// Its process is gone, and it goes on until its SVID's end.
  EXECUTION_DETACHED("execution-detached"),
  SVID_ISSUED("svid-issued"),
  JWT_SVID_ISSUED("jwt-svid-issued"),
  BAR_SET("bar-set"),
  BAR_LIFTED("bar-lifted"),
  ADMINISTRATOR_CREATED("administrator-created"),
  ADMINISTRATOR_TOKEN_CREATED("administrator-token-created"),
  ADMINISTRATOR_ENROLLED("administrator-enrolled"),
  ADMINISTRATOR_RENEWED("administrator-renewed"),
  ADMINISTRATOR_UPDATED("administrator-updated"),
  ADMINISTRATOR_SUSPENDED("administrator-suspended"),
  ADMINISTRATOR_RESUMED("administrator-resumed"),
  ADMINISTRATOR_REMOVED("administrator-removed"),
  /// A call that was not allowed, or evidence that did not hold.
  REFUSED("refused"),
  /// A process that asked for an identity and matches no registration.
  UNREGISTERED("unregistered");

  private final String label;

  EventKind(String label) {
    this.label = label;
  }

  /// The word in lists and filters.
  public String label() {
    return label;
  }

  /// By its label.
  public static Optional<EventKind> of(String label) {
    return Arrays.stream(values()).filter(kind -> kind.label.equals(label)).findFirst();
  }
}
