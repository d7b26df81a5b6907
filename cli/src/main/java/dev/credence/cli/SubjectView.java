package dev.credence.cli;

import dev.credence.cli.print.Labels;
import dev.credence.cli.print.Sheet;
import dev.credence.cli.print.Table;
import dev.credence.cli.print.Times;
import dev.credence.proto.admin.v1.Governance;
import dev.credence.proto.admin.v1.Registration;
import dev.credence.proto.admin.v1.Subject;
import dev.credence.proto.common.v1.CodeAssurance;
import dev.credence.proto.common.v1.ExecutionLifetime;
import dev.credence.proto.common.v1.Isolation;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Consumer;

/// Agents and services as people read them: who answers for it, which tools, which data, when,
/// which approvals.
record SubjectView(Times times) {

  Consumer<PrintWriter> table(List<Subject> subjects) {
    var table =
        new Table("NAME", "STATE", "SELECTORS", "NODES", "TTL", "JWT", "PURPOSE", "CREATED");
    for (var subject : subjects) {
      table.row(
          subject.getOwner() + "/" + subject.getName(),
          subject.getState(),
          String.join(
              " | ", subject.getRegistrationsList().stream().map(SubjectView::selectors).toList()),
          String.join(
              " | ", subject.getRegistrationsList().stream().map(SubjectView::nodes).toList()),
          Times.format(subject.getSvidTtl()),
          jwt(subject),
          subject.getGovernance().getPurpose(),
          times.format(subject.getCreatedAt()));
    }
    return table::print;
  }

  Consumer<PrintWriter> sheet(Subject subject) {
    var sheet = new Sheet();
    identity(sheet, subject);
    governance(sheet, subject);
    for (var registration : subject.getRegistrationsList()) {
      registration(sheet, registration);
    }
    return sheet::print;
  }

  private void identity(Sheet sheet, Subject subject) {
    sheet
        .line(
            Labels.of(subject.getKind()).equals("agent") ? "Agent" : "Service",
            subject.getOwner() + "/" + subject.getName())
        .line("Id", subject.getId())
        .line("SPIFFE ID", subject.getSpiffeId())
        .line("State", subject.getState())
        .line("SVID lifetime", Times.format(subject.getSvidTtl()))
        .line("JWT-SVIDs", jwt(subject))
        .line("Executions end with", endsWith(subject))
        .lines("DNS names", subject.getDnsNamesList())
        .line("Hint", subject.getHint())
        .line("Revision", Long.toUnsignedString(subject.getRevision()))
        .line("Created", times.format(subject.getCreatedAt()));
  }

  private void governance(Sheet sheet, Subject subject) {
    var record = subject.getGovernance();
    sheet
        .section("Governance record")
        .line("Accountable owner", subject.getOwner() + " (" + subject.getOwnerId() + ")")
        .line("Purpose", record.getPurpose())
        .lines("Tools", record.getToolsList())
        .lines("Data classes", record.getDataClassesList())
        .line("Schedule", record.getSchedule())
        .lines("Role ceiling", record.getRoleCeilingList())
        .lines("Standing roles", record.getStandingRolesList())
        .lines(
            "Standing authority",
            record.getStandingAuthorityList().stream().map(StandingAuthorities::format).toList())
        .lines("Approval needed for", record.getApprovalBoundariesList())
        .lines("Approvers", record.getApproversList());
    bounds(sheet, record);
  }

  private void bounds(Sheet sheet, Governance record) {
    sheet
        .line("Minimum code", Labels.of(record.getMinimumCode()))
        .line("Minimum isolation", Labels.of(record.getMinimumIsolation()))
        .line("Maximum lifetime", Times.format(record.getMaximumLifetime()))
        .line("Review on", times.format(record.getReviewAt()))
        .line("Expires", times.format(record.getExpiresAt()));
  }

  private void registration(Sheet sheet, Registration registration) {
    sheet
        .section("Registration " + registration.getId())
        .lines("Selectors", registration.getSelectorsList().stream().map(Labels::of).toList())
        .line("Nodes", nodes(registration))
        .line("Minimum code", code(registration))
        .line("Minimum isolation", isolation(registration))
        .line("Created", times.format(registration.getCreatedAt()));
  }

  /// Empty: this set demands nothing of its own.
  private static String code(Registration registration) {
    return registration.getMinimumCode() == CodeAssurance.CODE_ASSURANCE_NONE
        ? ""
        : Labels.of(registration.getMinimumCode());
  }

  private static String isolation(Registration registration) {
    return registration.getMinimumIsolation() == Isolation.ISOLATION_SHARED_UID
        ? ""
        : Labels.of(registration.getMinimumIsolation());
  }

  private static String endsWith(Subject subject) {
    return subject.getLifetime() == ExecutionLifetime.EXECUTION_LIFETIME_SVID
        ? "their SVID, whatever becomes of the process (code at most claimed)"
        : "their process";
  }

  private static String jwt(Subject subject) {
    return subject.getJwt() ? "yes" : "no";
  }

  private static String selectors(Registration registration) {
    return String.join(" ", registration.getSelectorsList().stream().map(Labels::of).toList());
  }

  private static String nodes(Registration registration) {
    return registration.getNodeSelectorsCount() == 0
        ? "any node"
        : String.join(" ", registration.getNodeSelectorsList().stream().map(Labels::of).toList());
  }
}
