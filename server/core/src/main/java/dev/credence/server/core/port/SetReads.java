package dev.credence.server.core.port;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.SetMember;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The part of [Sets] that only looks.
public interface SetReads {
  /// The set that this thing belongs to.
  Optional<Name> of(Id thing);

  /// In the order in which they joined; also what was retired or removed since.
  List<SetMember> members(Name set);

  /// The same page by page; an unusable page token: [IllegalArgumentException]. What moves to
  /// another set meanwhile joins at the end, so nothing is missed.
  ///
  /// @param set empty: of all sets
  Page<SetMember> list(Optional<Name> set, Page.Request page);

  /// The same of these owners, their agents and their services alone: nothing of a page, not even
  /// that there is one, tells of what others have. What was removed since is left out.
  Page<SetMember> list(Optional<Name> set, Set<Id> owners, Page.Request page);
}
