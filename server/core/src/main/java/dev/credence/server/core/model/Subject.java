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
  public Subject {
    governance = governance.shared();
  }

  /// The same one with another state.
  public Subject in(SubjectState next) {
    return new Subject(id, handle, next, revision, svid, governance, createdAt);
  }

  /// The same one under another revision.
  public Subject at(long next) {
    return new Subject(id, handle, state, next, svid, governance, createdAt);
  }

  /// The same one of another owner.
  public Subject of(Owner owner) {
    var there = new Handle(handle.kind(), owner.id(), owner.name(), handle.name());
    return new Subject(id, there, state, revision, svid, governance, createdAt);
  }

  /// The same one with another profile and record.
  public Subject saying(SvidProfile profile, Governance record) {
    return new Subject(id, handle, state, revision, profile, record, createdAt);
  }

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
