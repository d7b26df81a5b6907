package dev.credence.server.core;

import dev.credence.certs.Name;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.Person;
import dev.credence.server.core.model.SetMember;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.port.View;

/// What whoever applies a set may touch, read from the view that the plan is made on. A declaration
/// reaches no further than the same change made by hand: a registrar changes agents and services of
/// its owners, in sets that have nothing else; what persons administer as is said at the local
/// socket. Immutable.
final class ApplyReach {
  private final Actor actor;
  private final Reach reach;

  private ApplyReach(Actor actor, Reach reach) {
    this.actor = actor;
    this.reach = reach;
  }

  /// Errors: REFUSED.
  static ApplyReach of(View view, Actor actor) throws ServerException {
    return new ApplyReach(actor, Reach.of(view, actor, Right.REGISTER));
  }

  boolean isRegistrars() {
    return !reach.isWhole();
  }

  /// Errors: REFUSED (not reached, there or not), NOT_FOUND.
  Owner owner(View view, String name) throws ServerException {
    return reach.owner(view, name);
  }

  /// For what is no registrar's. Errors: REFUSED.
  void requireWhole(String refusal) throws ServerException {
    reach.requireWhole(refusal);
  }

  /// Errors: REFUSED (an administrator over the network says who administers).
  void requireSameAccounts(Person before, Person after) throws ServerException {
    boolean same =
        before.administrator().equals(after.administrator())
            && before.localUids().equals(after.localUids());
    if (!same && actor instanceof Actor.Administrator caller) {
      throw new ServerException(
          Kind.REFUSED,
          Texts.format(
              "administrator %s: what person %s administers as is not its to say (expected: %s)",
              caller.name(), after.name(), Right.GOVERN.expected()));
    }
  }

  /// Errors: REFUSED (DNS names that a registrar would give or take).
  void requireSameNames(Subject before, Subject after) throws ServerException {
    if (!before.svid().dnsNames().equals(after.svid().dnsNames())) {
      requireWhole("a DNS name is not a registrar's to give");
    }
  }

  /// A set belongs to who reaches all that is in it; one with nothing in it to whoever comes first.
  /// Errors: REFUSED.
  void requireSet(View view, Name set) throws ServerException {
    if (reach.isWhole()) {
      return;
    }
    for (SetMember member : view.sets().members(set)) {
      if (!covers(view, member)) {
        requireWhole(Texts.format("set %s has something outside of its owners", set));
      }
    }
  }

  private boolean covers(View view, SetMember member) {
    return view.subjects().find(member.thing()).filter(reach::covers).isPresent()
        || (view.owners().find(member.thing()).isPresent() && reach.covers(member.thing()));
  }
}
