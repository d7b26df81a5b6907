package dev.credence.server.core.model;

import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Isolation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The governance record: what an agent is for and what bounds it. Fields that nothing acts on yet
/// are kept and shown.
public record Governance(
    String purpose,
    Scope scope,
    Authority authority,
    Approvals approvals,
    Assurance minimum,
    Life life) {
  private static final Governance NONE =
      new Governance(
          "",
          new Scope(List.of(), List.of(), ""),
          new Authority(List.of(), List.of(), List.of()),
          new Approvals(List.of(), List.of()),
          Assurance.NONE,
          new Life(Optional.empty(), Optional.empty(), Optional.empty()));

  /// What it works with, and when (a free text for now).
  public record Scope(List<String> tools, List<String> dataClasses, String schedule) {
    public Scope {
      tools = List.copyOf(tools);
      dataClasses = List.copyOf(dataClasses);
    }
  }

  /// The roles it may ever assume, those it always has, and what it may begin by itself.
  public record Authority(
      List<String> roleCeiling, List<String> standingRoles, List<Standing> standing) {
    public Authority {
      roleCeiling = List.copyOf(roleCeiling);
      standingRoles = List.copyOf(standingRoles);
      standing = List.copyOf(standing);
    }
  }

  /// One line of standing authority: a task type and what a run of it gets.
  public record Standing(String taskType, List<String> roles, Duration duration, String budget) {
    public Standing {
      roles = List.copyOf(roles);
    }
  }

  /// Where a human is asked, and which.
  public record Approvals(List<String> boundaries, List<String> approvers) {
    public Approvals {
      boundaries = List.copyOf(boundaries);
      approvers = List.copyOf(approvers);
    }
  }

  /// The least that an attested process must reach.
  public record Assurance(CodeAssurance code, Isolation isolation) {
    /// Nothing demanded.
    public static final Assurance NONE = new Assurance(CodeAssurance.NONE, Isolation.SHARED_UID);

    /// What demands as much as both.
    public Assurance and(Assurance other) {
      return new Assurance(
          code.compareTo(other.code) >= 0 ? code : other.code,
          isolation.compareTo(other.isolation) >= 0 ? isolation : other.isolation);
    }
  }

  /// How long one execution may live, when the record is to be reviewed, and when it expires.
  public record Life(
      Optional<Duration> maximum, Optional<Instant> reviewAt, Optional<Instant> expiresAt) {}

  /// An empty record: no purpose, no scope, no authority, no demands.
  public static Governance none() {
    return NONE;
  }

  /// The same record; the one empty one if it is empty. Most are, and a server holds many.
  Governance shared() {
    return equals(NONE) ? NONE : this;
  }
}
