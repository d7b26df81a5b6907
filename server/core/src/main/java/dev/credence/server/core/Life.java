package dev.credence.server.core;

/// What happens to agents, services, owners and persons after they were made.
///
/// @param states suspend, resume, retire
/// @param updates fields
/// @param registrations sets of selectors
/// @param transfers hand-overs to another owner
/// @param persons the humans known here
public record Life(
    ChangeSubjectState states,
    UpdateSubject updates,
    ChangeRegistrations registrations,
    ChangeOwnerState ownerStates,
    UpdateOwner ownerUpdates,
    TransferSubjects transfers,
    ChangePersons persons) {
  static Life of(Plumbing plumbing, CoreSettings settings, SubjectWrites writes) {
    var runner = new ChangeRunner(plumbing);
    return new Life(
        new ChangeSubjectState(runner, writes, settings),
        new UpdateSubject(runner, writes, settings),
        new ChangeRegistrations(runner, writes, plumbing, settings),
        new ChangeOwnerState(runner, writes, plumbing),
        new UpdateOwner(runner, plumbing),
        new TransferSubjects(runner, writes, settings),
        new ChangePersons(runner, plumbing));
  }
}
