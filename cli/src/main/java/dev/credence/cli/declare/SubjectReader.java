package dev.credence.cli.declare;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.credence.attestors.Selector;
import dev.credence.attestors.SelectorTypes;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Isolation;
import dev.credence.certs.Name;
import dev.credence.cli.print.Text;
import dev.credence.platform.config.YamlNode;
import dev.credence.proto.admin.v1.Declared;
import dev.credence.proto.admin.v1.DeclaredRegistration;
import dev.credence.proto.admin.v1.DeclaredSubject;
import dev.credence.proto.admin.v1.Governance;
import dev.credence.proto.admin.v1.StandingAuthority;
import dev.credence.proto.common.v1.ExecutionLifetime;
import dev.credence.proto.common.v1.SubjectKind;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Reads agents and services. Confined to one thread.
final class SubjectReader {
  private static final String NAMES = "an owner's name";
  private static final String SELECTORS = "a list of TYPE:NAME:VALUE, such as unix:uid:1000";
  private static final String NODES =
      "any, or a list of TYPE:NAME:VALUE, such as node:label:ROLE:gpu";

  private static final String LIFETIMES = "process or svid";
  private final Findings findings;

  SubjectReader(Findings findings) {
    this.findings = findings;
  }

  Declared.Builder read(SubjectKind kind, String fullName, YamlNode.Field field) {
    String word = kind == SubjectKind.SUBJECT_KIND_AGENT ? "agent" : "service";
    var section =
        Section.of(findings, word + " " + fullName, DeclarationKey.SUBJECT, field.value());
    int slash = fullName.indexOf('/');
    var subject =
        DeclaredSubject.newBuilder()
            .setKind(kind)
            .setOwner(fullName.substring(0, slash))
            .setName(fullName.substring(slash + 1))
            .addAllDnsNames(section.texts("dns"))
            .setHint(section.text("hint"))
            .setGovernance(governance(section));
    section.duration("ttl").map(SubjectReader::of).ifPresent(subject::setSvidTtl);
    section.flag("jwt").ifPresent(subject::setJwt);
    section.parsed("lifetime", LIFETIMES, SubjectReader::lifetime).ifPresent(subject::setLifetime);
    section
        .parsed("transferred-from", NAMES, text -> new Name(text).value())
        .ifPresent(subject::setTransferredFrom);
    section.require("registrations");
    section
        .get("registrations")
        .ifPresent(registrations ->
            section
                .elements(registrations, "a list of registrations")
                .forEach(one -> subject.addRegistrations(registration(section, one))));
    return Declared.newBuilder().setSubject(subject);
  }

  private static ExecutionLifetime lifetime(String text) {
    return switch (text) {
      case "process" -> ExecutionLifetime.EXECUTION_LIFETIME_PROCESS;
      case "svid" -> ExecutionLifetime.EXECUTION_LIFETIME_SVID;
      default -> throw new IllegalArgumentException("expected: " + LIFETIMES);
    };
  }

  private DeclaredRegistration registration(Section subject, YamlNode node) {
    var section =
        Section.of(findings, subject.what() + ": registration", DeclarationKey.REGISTRATION, node);
    section.require("selectors");
    var registration = DeclaredRegistration.newBuilder();
    SelectorTypes known = SelectorTypes.known();
    section
        .get("selectors")
        .ifPresent(field ->
            section
                .elements(field, SELECTORS)
                .forEach(one ->
                    selector(section, one, known::requireWorkload, registration::addSelectors)));
    section
        .get("nodes")
        .ifPresent(field -> {
          if (field.value() instanceof YamlNode.Scalar scalar && scalar.text().equals("any")) {
            registration.setAnyNode(true);
            return;
          }
          section
              .elements(field, NODES)
              .forEach(one ->
                  selector(section, one, known::requireNode, registration::addNodeSelectors));
        });
    demands(section, registration::setMinimumCode, registration::setMinimumIsolation);
    return registration.build();
  }

  private void selector(
      Section section,
      YamlNode node,
      Function<String, Selector> check,
      Function<dev.credence.proto.common.v1.Selector, ?> add) {
    if (!(node instanceof YamlNode.Scalar scalar)) {
      findings.add(node.line(), section.what(), "selectors: expected: " + SELECTORS);
      return;
    }
    try {
      Selector selector = check.apply(scalar.text());
      var _ =
          add.apply(
              dev.credence.proto.common.v1.Selector.newBuilder()
                  .setType(selector.type())
                  .setName(selector.name())
                  .setValue(selector.value())
                  .build());
    } catch (IllegalArgumentException e) {
      findings.add(node.line(), section.what(), String.valueOf(e.getMessage()));
    }
  }

  private Governance governance(Section section) {
    var record =
        Governance.newBuilder()
            .setPurpose(section.text("purpose"))
            .addAllTools(section.texts("tools"))
            .addAllDataClasses(section.texts("data-classes"))
            .setSchedule(section.text("schedule"))
            .addAllRoleCeiling(section.texts("role-ceiling"))
            .addAllStandingRoles(section.texts("standing-roles"))
            .addAllApprovalBoundaries(section.texts("approval-boundaries"))
            .addAllApprovers(section.texts("approvers"));
    section
        .get("standing-authority")
        .ifPresent(field ->
            section
                .elements(field, "a list of standing authorities")
                .forEach(one -> record.addStandingAuthority(standing(section, one))));
    demands(section, record::setMinimumCode, record::setMinimumIsolation);
    section.duration("max-lifetime").map(SubjectReader::of).ifPresent(record::setMaximumLifetime);
    section.time("review-date").map(SubjectReader::of).ifPresent(record::setReviewAt);
    section.time("expires").map(SubjectReader::of).ifPresent(record::setExpiresAt);
    return record.build();
  }

  private static void demands(
      Section section,
      Consumer<dev.credence.proto.common.v1.CodeAssurance> code,
      Consumer<dev.credence.proto.common.v1.Isolation> isolation) {
    section
        .parsed(
            "min-code", labels(CodeAssurance.values(), CodeAssurance::label), CodeAssurance::parse)
        .map(Levels::of)
        .ifPresent(code);
    section
        .parsed("min-isolation", labels(Isolation.values(), Isolation::label), Isolation::parse)
        .map(Levels::of)
        .ifPresent(isolation);
  }

  private StandingAuthority standing(Section subject, YamlNode node) {
    var section =
        Section.of(
            findings, subject.what() + ": standing authority", DeclarationKey.STANDING, node);
    section.require("task");
    section.require("roles");
    var line =
        StandingAuthority.newBuilder()
            .setTaskType(section.text("task"))
            .addAllRoles(section.texts("roles"))
            .setBudget(section.text("budget"));
    section.duration("duration").map(SubjectReader::of).ifPresent(line::setDuration);
    return line.build();
  }

  private static <E> String labels(E[] values, Function<E, String> label) {
    return Text.of("one of %s", Stream.of(values).map(label).collect(Collectors.joining(", ")));
  }

  private static Duration of(java.time.Duration duration) {
    return Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }

  private static Timestamp of(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }
}
