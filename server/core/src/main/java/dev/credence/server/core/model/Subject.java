package dev.credence.server.core.model;

import dev.credence.certs.Id;
import dev.credence.certs.Identity;
import dev.credence.certs.Name;
import java.time.Instant;

/// An agent or service: who it is, who owns it, and what bounds it.
///
/// @param revision number in the registry's sequence of the last change of it or of one of its
///   registrations
public record Subject(
    Id id,
    Handle handle,
    SubjectState state,
    long revision,
    SvidProfile svid,
    Governance governance,
    Instant createdAt) {

  /// Kind, owner and name: what the SPIFFE ID is made of. Never used again after retirement.
  public record Handle(SubjectKind kind, Id ownerId, Name owner, Name name) {
    /// The identity of DESIGN §2.
    public Identity identity() {
      return kind == SubjectKind.AGENT
          ? new Identity.Agent(owner, name)
          : new Identity.Service(owner, name);
    }

    /// `OWNER/NAME`, for people.
    public String display() {
      return owner + "/" + name;
    }
  }
}
