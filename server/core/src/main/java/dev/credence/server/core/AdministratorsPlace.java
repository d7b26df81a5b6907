package dev.credence.server.core;

import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.ProcessSeen;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectKind;

/// Keeps agents out of the administrators' place: on the server's host, outside of `dev`, no agent
/// runs under a uid that administers (DESIGN, security). Nor does anything that is known by its TCP
/// connection only: the local socket goes by processes, and could not tell that one has such an
/// identity. Stateless.
final class AdministratorsPlace {
  private AdministratorsPlace() {}

  /// Passes unless the process could pass for an administrator.
  static void requireOutside(CoreSettings settings, Subject subject, ProcessSeen process)
      throws ServerException {
    CoreSettings.Administrators administrators = settings.administrators();
    ProcessSeen.Instance instance = process.mark().instance();
    boolean sameHost =
        instance.bootId().equals(administrators.bootId())
            && instance.pidNamespace() == administrators.pidNamespace();
    if (settings.dev()
        || (subject.handle().kind() != SubjectKind.AGENT && !process.mark().isConnection())
        || !sameHost
        || !administrators.uids().contains(process.uid())) {
      return;
    }
    throw new ServerException(
        Kind.REFUSED,
        Texts.format(
            "%s: its process runs as uid %s, which administers this server (expected: a uid"
                + " of its own, another host or container, or dev mode)",
            SubjectDetails.thing(subject), Integer.toUnsignedString(process.uid())));
  }
}
