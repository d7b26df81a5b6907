package dev.credence.server.core;

import dev.credence.server.core.UpdateSubject.Patch;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.Subject;
import java.util.Optional;

/// Puts a patch over a governance record. Immutable.
record SubjectPatch(Subject before, Patch patch) {
  private <T> T pick(SubjectField field, T asked, T kept) {
    return patch.fields().contains(field) ? asked : kept;
  }

  CreateSubject.Profile profile() {
    var asked = patch.svid();
    var kept = before.svid();
    return new CreateSubject.Profile(
        pick(SubjectField.SVID_TTL, asked.ttl(), Optional.of(kept.ttl())),
        pick(SubjectField.DNS_NAMES, asked.dnsNames(), kept.dnsNames()),
        pick(SubjectField.HINT, asked.hint(), kept.hint()),
        pick(SubjectField.JWT, asked.jwt(), Optional.of(kept.jwt())),
        pick(SubjectField.LIFETIME, asked.lifetime(), Optional.of(kept.lifetime())));
  }

  Governance governance() {
    Governance asked = patch.governance();
    Governance kept = before.governance();
    return new Governance(
        pick(SubjectField.PURPOSE, asked.purpose(), kept.purpose()),
        scope(asked.scope(), kept.scope()),
        authority(asked.authority(), kept.authority()),
        new Governance.Approvals(
            pick(
                SubjectField.APPROVAL_BOUNDARIES,
                asked.approvals().boundaries(),
                kept.approvals().boundaries()),
            pick(
                SubjectField.APPROVERS,
                asked.approvals().approvers(),
                kept.approvals().approvers())),
        new Governance.Assurance(
            pick(SubjectField.MINIMUM_CODE, asked.minimum().code(), kept.minimum().code()),
            pick(
                SubjectField.MINIMUM_ISOLATION,
                asked.minimum().isolation(),
                kept.minimum().isolation())),
        life(asked.life(), kept.life()));
  }

  private Governance.Scope scope(Governance.Scope asked, Governance.Scope kept) {
    return new Governance.Scope(
        pick(SubjectField.TOOLS, asked.tools(), kept.tools()),
        pick(SubjectField.DATA_CLASSES, asked.dataClasses(), kept.dataClasses()),
        pick(SubjectField.SCHEDULE, asked.schedule(), kept.schedule()));
  }

  private Governance.Authority authority(Governance.Authority asked, Governance.Authority kept) {
    return new Governance.Authority(
        pick(SubjectField.ROLE_CEILING, asked.roleCeiling(), kept.roleCeiling()),
        pick(SubjectField.STANDING_ROLES, asked.standingRoles(), kept.standingRoles()),
        pick(SubjectField.STANDING_AUTHORITY, asked.standing(), kept.standing()));
  }

  private Governance.Life life(Governance.Life asked, Governance.Life kept) {
    return new Governance.Life(
        pick(SubjectField.MAXIMUM_LIFETIME, asked.maximum(), kept.maximum()),
        pick(SubjectField.REVIEW_AT, asked.reviewAt(), kept.reviewAt()),
        pick(SubjectField.EXPIRES_AT, asked.expiresAt(), kept.expiresAt()));
  }
}
