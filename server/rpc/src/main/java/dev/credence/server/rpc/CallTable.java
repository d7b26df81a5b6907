package dev.credence.server.rpc;

import static dev.credence.server.rpc.CallerKind.ADMINISTRATOR;
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
  /// A stream of declarations, and one answer.
  static final String APPLY = "credence.admin.v1.Sets/Apply";

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

    // Administration. What an administrator over the network may do is less than the local socket
    // may: its role and its owners are looked at in the use case.
    row("credence.admin.v1.Owners/CreateOwner", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Owners/GetOwner", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Owners/ListOwners", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Subjects/CreateSubject", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Subjects/GetSubject", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Subjects/ListSubjects", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.SubjectLife/UpdateSubject", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.SubjectLife/SuspendSubject", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.SubjectLife/ResumeSubject", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.SubjectLife/RetireSubject", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.SubjectLife/AddRegistration", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.SubjectLife/RemoveRegistration", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.OwnerLife/UpdateOwner", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.OwnerLife/SuspendOwner", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.OwnerLife/ResumeOwner", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.OwnerLife/RetireOwner", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.OwnerLife/TransferSubjects", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Persons/CreatePerson", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Persons/GetPerson", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Persons/ListPersons", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Persons/UpdatePerson", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Persons/RemovePerson", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Nodes/CreateJoinToken", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Nodes/GetNode", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Nodes/ListNodes", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Executions/GetExecution", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Executions/ListExecutions", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Executions/EndExecution", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Ends/RevokeExecution", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Ends/UnbarExecution", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Ends/ListBars", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Ends/SuspendNode", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Ends/ResumeNode", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Ends/BanNode", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Ends/EvictNode", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Events/ListEvents", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Events/FollowEvents", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Events/ListUnregistered", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Trust/GetBundle", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Trust/GetServerInfo", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Authorities/ListAuthorities", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row(APPLY, ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Sets/ListMembers", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    // What belongs to the server itself.
    row("credence.admin.v1.ServerCare/GetServerStatus", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.ServerCare/Backup", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.ServerCare/AcceptClock", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Authorities/PrepareAuthority", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Authorities/ActivateAuthority", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Authorities/TaintAuthority", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Authorities/RevokeAuthority", LOCAL_ADMINISTRATOR);

    // Who administers. Changed at the local socket only: a stolen SVID must not make another one.
    row("credence.admin.v1.Administrators/EnrollAdministrator", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Administrators/CreateEnrollmentToken", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Administrators/UpdateAdministrator", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Administrators/SuspendAdministrator", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Administrators/ResumeAdministrator", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Administrators/RemoveAdministrator", LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Administrators/GetAdministrator", ADMINISTRATOR, LOCAL_ADMINISTRATOR);
    row("credence.admin.v1.Administrators/ListAdministrators", ADMINISTRATOR, LOCAL_ADMINISTRATOR);

    // A machine that has nothing but an enrolment token, and one that has an SVID.
    row("credence.admin.v1.Enrollment/Redeem", ANONYMOUS);
    row("credence.admin.v1.OwnAdministrator/RenewSvid", ADMINISTRATOR);
    row("credence.admin.v1.OwnAdministrator/WhoAmI", ADMINISTRATOR);

    // Health says serving or not, to everybody who can connect; a stream of it only to known
    // callers.
    row(
        "grpc.health.v1.Health/Check",
        ANONYMOUS,
        NODE,
        AGENT,
        SERVICE,
        ADMINISTRATOR,
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

  /// Who may call it, for who may not: empty if that is for no person.
  static String expected(String fullMethodName) {
    Set<CallerKind> callers = ROWS.getOrDefault(fullMethodName, Set.of());
    if (callers.contains(ADMINISTRATOR)) {
      return "";
    }
    return callers.equals(Set.of(LOCAL_ADMINISTRATOR))
        ? " over the network (expected: at the server's local socket)"
        : "";
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
