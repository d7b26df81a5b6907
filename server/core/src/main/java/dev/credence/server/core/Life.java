package dev.credence.server.core;

import dev.credence.server.core.model.Actor;

/// What happens to agents, services, owners and persons after they were made.
///
/// @param states suspend, resume, retire
/// @param updates fields
/// @param registrations sets of selectors
/// @param transfers hand-overs to another owner
/// @param persons the humans known here
/// @param sets declared ones, many at once
public record Life(
    ChangeSubjectState states,
    UpdateSubject updates,
    ChangeRegistrations registrations,
    ChangeOwnerState ownerStates,
    UpdateOwner ownerUpdates,
    TransferSubjects transfers,
    ChangePersons persons,
    SetCases sets) {
  /// Many things at once.
  ///
  /// @param apply makes everything as it is declared
  /// @param members what belongs to which set
  public record SetCases(ApplySet apply, SetMembers members) {}

  /// @param despiteClock for what ends something, which a clock that was moved does not keep alive
  static Life of(
      Plumbing plumbing,
      Plumbing despiteClock,
      CoreSettings settings,
      Registry registry,
      SubjectWrites writes) {
    var runner = new ChangeRunner(plumbing);
    var ending = new ChangeRunner(despiteClock);
    return new Life(
        new ChangeSubjectState(ending, writes, settings),
        new UpdateSubject(runner, writes, settings),
        new ChangeRegistrations(runner, writes, plumbing, settings),
        new ChangeOwnerState(ending, writes, despiteClock),
        new UpdateOwner(runner, plumbing),
        new TransferSubjects(runner, writes, settings),
        new ChangePersons(runner, plumbing),
        new SetCases(
            new ApplySet(plumbing, settings, registry, writes),
            new SetMembers(
                new Looking(plumbing.database(), plumbing.refusals(), new Actor.Server()))));
  }
}
