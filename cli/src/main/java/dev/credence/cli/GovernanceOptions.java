package dev.credence.cli;

import dev.credence.proto.admin.v1.Governance;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/// The governance record: what the agent is for, and within which bounds.
final class GovernanceOptions {

  @Option(names = "--purpose", paramLabel = "TEXT", description = "What it is for.")
  private String purpose = "";

  @Option(
      names = "--tool",
      paramLabel = "TOOL",
      description = "A tool in its scope. May be repeated.")
  private List<String> tools = new ArrayList<>();

  @Option(
      names = "--data-class",
      paramLabel = "CLASS",
      description = "A class of data in its scope. May be repeated.")
  private List<String> dataClasses = new ArrayList<>();

  @Option(names = "--schedule", paramLabel = "TEXT", description = "When it works.")
  private String schedule = "";

  @Option(
      names = "--role-ceiling",
      paramLabel = "ROLE",
      description = "A role that it may be given at most. May be repeated.")
  private List<String> roleCeiling = new ArrayList<>();

  @Option(
      names = "--standing-role",
      paramLabel = "ROLE",
      description = "A role that it has without a task. May be repeated.")
  private List<String> standingRoles = new ArrayList<>();

  @Option(
      names = "--standing-authority",
      paramLabel = "TASK=ROLE[,ROLE]...[;DURATION[;BUDGET]]",
      description =
          "A type of task that it may begin on its own: with which roles, how long, within which budget. May be repeated.")
  private List<String> standingAuthority = new ArrayList<>();

  @Option(
      names = "--approval-boundary",
      paramLabel = "TEXT",
      description = "What needs a human's approval. May be repeated.")
  private List<String> approvalBoundaries = new ArrayList<>();

  @Option(
      names = "--approver",
      paramLabel = "NAME",
      description = "Who may approve. May be repeated.")
  private List<String> approvers = new ArrayList<>();

  @Option(
      names = "--min-code",
      paramLabel = "LEVEL",
      description = "How well its code must be known: none, claimed, file, orchestrator, launcher.")
  private String minimumCode = "";

  @Option(
      names = "--min-isolation",
      paramLabel = "LEVEL",
      description =
          "How far its process must be apart from others: shared-uid, own-uid, sandboxed.")
  private String minimumIsolation = "";

  @Option(
      names = "--max-lifetime",
      paramLabel = "DURATION",
      description = "How long one execution may last.")
  private String maximumLifetime = "";

  @Option(
      names = "--review-date",
      paramLabel = "TIME",
      description = "When the record is to be looked at again.")
  private String reviewDate = "";

  @Option(names = "--expires", paramLabel = "TIME", description = "When the record lapses.")
  private String expires = "";

  Governance toMessage(ZoneId zone) {
    var record =
        Governance.newBuilder()
            .setPurpose(purpose)
            .addAllTools(tools)
            .addAllDataClasses(dataClasses)
            .setSchedule(schedule)
            .addAllRoleCeiling(roleCeiling)
            .addAllStandingRoles(standingRoles)
            .addAllApprovalBoundaries(approvalBoundaries)
            .addAllApprovers(approvers);
    standingAuthority.forEach(text -> record.addStandingAuthority(StandingAuthorities.parse(text)));
    addDemands(record);
    addDates(record, zone);
    return record.build();
  }

  private void addDemands(Governance.Builder record) {
    if (!minimumCode.isEmpty()) {
      record.setMinimumCode(Wire.of(Checked.code("--min-code", minimumCode)));
    }
    if (!minimumIsolation.isEmpty()) {
      record.setMinimumIsolation(Wire.of(Checked.isolation("--min-isolation", minimumIsolation)));
    }
    if (!maximumLifetime.isEmpty()) {
      record.setMaximumLifetime(Wire.of(Checked.duration("--max-lifetime", maximumLifetime)));
    }
  }

  private void addDates(Governance.Builder record, ZoneId zone) {
    if (!reviewDate.isEmpty()) {
      record.setReviewAt(Wire.of(Checked.time("--review-date", reviewDate, zone)));
    }
    if (!expires.isEmpty()) {
      record.setExpiresAt(Wire.of(Checked.time("--expires", expires, zone)));
    }
  }
}
