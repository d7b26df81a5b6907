package dev.credence.server.rpc;

import static dev.credence.server.rpc.CallerKind.AGENT;
import static dev.credence.server.rpc.CallerKind.ANONYMOUS;
import static dev.credence.server.rpc.CallerKind.EXPIRED_NODE;
import static dev.credence.server.rpc.CallerKind.LOCAL_ADMINISTRATOR;
import static dev.credence.server.rpc.CallerKind.LOCAL_OTHER;
import static dev.credence.server.rpc.CallerKind.NODE;
import static dev.credence.server.rpc.CallerKind.OTHER_SVID;
import static dev.credence.server.rpc.CallerKind.SERVICE;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// **Who may call what**: the one declaration. What isn't here is refused, and a server with a
/// method that has no row does not start.
public final class CallTable {
  private static final Map<String, Set<CallerKind>> ROWS = new LinkedHashMap<>();

  static {
    // First contact: a host that has nothing but a token.
    row("credence.node.v1.NodeAttestation/Attest", ANONYMOUS);

    // A node, for itself. That it hosts the execution it speaks of is checked by the use case.
    row("credence.node.v1.Node/Sync", NODE);
    row("credence.node.v1.Node/OpenExecution", NODE);
    row("credence.node.v1.Node/RenewExecution", NODE);
    row("credence.node.v1.Node/IssueJwtSvid", NODE);
    row("credence.node.v1.Node/EndExecution", NODE);
    // A node whose SVID has run out is back: by its pinned key, within 7 days.
    row("credence.node.v1.Node/RenewNode", NODE, EXPIRED_NODE);

    // Administration: the local socket only.
    row("credence.admin.v1.Owners/CreateOwner", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Owners/GetOwner", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Owners/ListOwners", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Subjects/CreateSubject", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Subjects/GetSubject", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Subjects/ListSubjects", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.SubjectLife/UpdateSubject", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.SubjectLife/SuspendSubject", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.SubjectLife/ResumeSubject", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.SubjectLife/RetireSubject", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.SubjectLife/AddRegistration", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.SubjectLife/RemoveRegistration", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.OwnerLife/UpdateOwner", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.OwnerLife/SuspendOwner", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.OwnerLife/ResumeOwner", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.OwnerLife/RetireOwner", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.OwnerLife/TransferSubjects", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Persons/CreatePerson", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Persons/GetPerson", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Persons/ListPersons", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Persons/UpdatePerson", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Persons/RemovePerson", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Sets/Apply", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Sets/ListMembers", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Nodes/CreateJoinToken", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Nodes/GetNode", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Nodes/ListNodes", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Executions/GetExecution", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Executions/ListExecutions", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Executions/EndExecution", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Ends/RevokeExecution", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Ends/UnbarExecution", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Ends/ListBars", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Ends/SuspendNode", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Ends/ResumeNode", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Ends/BanNode", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Ends/EvictNode", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Events/ListEvents", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Events/FollowEvents", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Trust/GetBundle", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Trust/GetServerInfo", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.ServerCare/GetServerStatus", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.ServerCare/Backup", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.ServerCare/AcceptClock", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Authorities/ListAuthorities", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Authorities/PrepareAuthority", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Authorities/ActivateAuthority", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Authorities/TaintAuthority", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Authorities/RevokeAuthority", LOCAL_ADMINISTRATOR);

    // Health says serving or not, to everybody who can connect; a stream of it only to known
    // callers.
    row(
        "grpc.health.v1.Health/Check",
        ANONYMOUS,
        NODE,
        AGENT,
        SERVICE,
        OTHER_SVID,
        LOCAL_ADMINISTRATOR,
        LOCAL_OTHER);
    row("grpc.health.v1.Health/Watch", NODE, LOCAL_ADMINISTRATOR);

    // Reflection describes the whole surface.
    row("grpc.reflection.v1.ServerReflection/ServerReflectionInfo", LOCAL_ADMINISTRATOR);
  }

  private CallTable() {}

  private static void row(String method, CallerKind... callers) {
    if (ROWS.put(method, Set.of(callers)) != null) {
      throw new IllegalStateException("method " + method + " has two rows");
    }
  }

  /// Whether a caller of that kind may call the method.
  public static boolean allows(String fullMethodName, CallerKind caller) {
    return ROWS.getOrDefault(fullMethodName, Set.of()).contains(caller);
  }

  /// All rows, in the order above.
  public static Map<String, Set<CallerKind>> rows() {
    return java.util.Collections.unmodifiableMap(ROWS);
  }

  /// Checks at start that every method served has a row, and every row a method.
  ///
  /// @throws IllegalStateException naming those that don't match
  static void requireCovers(Collection<String> served) {
    Set<String> withoutRow = new TreeSet<>(served);
    withoutRow.removeAll(ROWS.keySet());
    Set<String> withoutMethod = new TreeSet<>(ROWS.keySet());
    withoutMethod.removeAll(List.copyOf(served));
    if (!withoutRow.isEmpty() || !withoutMethod.isEmpty()) {
      throw new IllegalStateException(
          "table of who may call what: methods without a row "
              + withoutRow
              + ", rows without a method "
              + withoutMethod);
    }
  }
}
