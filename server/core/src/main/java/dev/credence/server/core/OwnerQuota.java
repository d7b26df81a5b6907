package dev.credence.server.core;

import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.port.SubjectReads;
import dev.credence.server.core.port.View;

/// How much one owner may have: rates bound how fast a registrar makes things, this bounds how many
/// there are. Asked in the transaction that makes one more. What was retired does not count, and
/// hand-overs are not refused, by the command or by a set of declarations.
///
/// @param subjects agents and services together
record OwnerQuota(int subjects) {
  /// Sets of selectors, for each agent or service that there may be.
  static final int SETS_EACH = 4;

  static OwnerQuota of(CoreSettings settings) {
    return new OwnerQuota(settings.limits().subjectsPerOwner());
  }

  /// Passes if there is room for one more agent or service.
  void requireSubject(View view, Owner owner) throws ServerException {
    if (view.subjects().countOf(owner.id()) >= subjects) {
      throw full(owner, "agents and services", subjects);
    }
  }

  /// Passes if there is room for one more set of selectors.
  void requireSet(View view, Owner owner) throws ServerException {
    if (view.subjects().countRegistrationsOf(owner.id()) >= sets()) {
      throw full(owner, "sets of selectors", sets());
    }
  }

  /// Passes if the owner grows by nothing, or not by too much.
  void requireRoom(SubjectReads before, Owner owner, PlannedSubjects.Growth growth)
      throws ServerException {
    if (growth.subjects() > 0 && before.countOf(owner.id()) + growth.subjects() > subjects) {
      throw full(owner, "agents and services", subjects);
    }
    if (growth.registrations() > 0
        && before.countRegistrationsOf(owner.id()) + growth.registrations() > sets()) {
      throw full(owner, "sets of selectors", sets());
    }
  }

  private long sets() {
    return (long) subjects * SETS_EACH;
  }

  private static ServerException full(Owner owner, String what, long most) {
    return new ServerException(
        Kind.EXHAUSTED,
        Texts.format(
            "owner %s: too many %s (expected: at most %d that are not retired; admin.subjects_per_owner"
                + " in the server's configuration)",
            owner.name(), what, most));
  }
}
