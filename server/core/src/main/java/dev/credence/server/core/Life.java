package dev.credence.server.core;

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

  static Life of(
      Plumbing plumbing, CoreSettings settings, Registry registry, SubjectWrites writes) {
    var runner = new ChangeRunner(plumbing);
    return new Life(
        new ChangeSubjectState(runner, writes, settings),
        new UpdateSubject(runner, writes, settings),
        new ChangeRegistrations(runner, writes, plumbing, settings),
        new ChangeOwnerState(runner, writes, plumbing),
        new UpdateOwner(runner, plumbing),
        new TransferSubjects(runner, writes, settings),
        new ChangePersons(runner, plumbing),
        new SetCases(
            new ApplySet(plumbing, settings, registry, writes),
            new SetMembers(plumbing.database())));
  }
}
