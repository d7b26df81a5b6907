package dev.credence.cli.declare;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Isolation;
import dev.credence.cli.print.Labels;
import dev.credence.platform.config.Durations;
import dev.credence.proto.admin.v1.Governance;
import dev.credence.proto.admin.v1.Owner;
import dev.credence.proto.admin.v1.Person;
import dev.credence.proto.admin.v1.Registration;
import dev.credence.proto.admin.v1.StandingAuthority;
import dev.credence.proto.admin.v1.Subject;
import dev.credence.proto.common.v1.ExecutionLifetime;
import dev.credence.proto.common.v1.Selector;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;

/// Writes what is there as a file of declarations. What is empty, or the default, is left out, but
/// for lifetimes and JWTs, whose defaults are the server's. Confined to one thread.
public final class DeclarationWriter {
  private final YamlText out = new YamlText();

  private DeclarationWriter() {}

  /// What is to be written.
  ///
  /// @param set empty: none
  public record Present(
      String set,
      List<Person> persons,
      List<Owner> owners,
      List<Subject> agents,
      List<Subject> services) {
    public Present {
      persons = List.copyOf(persons);
      owners = List.copyOf(owners);
      agents = List.copyOf(agents);
      services = List.copyOf(services);
    }
  }

  /// The file's text.
  public static String write(Present present) {
    var writer = new DeclarationWriter();
    writer.out.value(0, "set", present.set);
    writer.section("persons", present.persons, DeclarationWriter::person);
    writer.section("owners", present.owners, DeclarationWriter::owner);
    writer.section("agents", present.agents, DeclarationWriter::subject);
    writer.section("services", present.services, DeclarationWriter::subject);
    return writer.out.toString();
  }

  private <T> void section(String name, List<T> things, BiConsumer<DeclarationWriter, T> each) {
    if (things.isEmpty()) {
      return;
    }
    out.blank();
    out.key(0, name);
    things.forEach(thing -> each.accept(this, thing));
  }

  private void person(Person person) {
    out.key(1, person.getName());
    if (!person.getOidcIssuer().isEmpty()) {
      out.key(2, "oidc");
      out.value(3, "issuer", person.getOidcIssuer());
      out.value(3, "subject", person.getOidcSubject());
    }
    out.value(2, "administrator", person.getAdministrator());
    out.values(
        2, "uids", person.getLocalUidsList().stream().map(Integer::toUnsignedString).toList());
  }

  private void owner(Owner owner) {
    out.key(1, owner.getName());
    out.value(2, "human", owner.getAccountable().getName());
    out.value(2, "display-name", owner.getDisplayName());
    out.value(2, "contact", owner.getContact());
    out.value(2, "parent", owner.getParent());
  }

  private void subject(Subject subject) {
    out.key(1, subject.getOwner() + "/" + subject.getName());
    if (subject.getState().equals("suspended")) {
      out.comment(2, "suspended: that is not declared, and applying this file does not resume it");
    }
    Governance record = subject.getGovernance();
    out.value(2, "purpose", record.getPurpose());
    out.key(2, "registrations");
    subject.getRegistrationsList().forEach(this::registration);
    out.value(2, "ttl", text(subject.getSvidTtl()));
    out.value(2, "jwt", Boolean.toString(subject.getJwt()));
    if (subject.getLifetime() == ExecutionLifetime.EXECUTION_LIFETIME_SVID) {
      out.value(2, "lifetime", Labels.of(subject.getLifetime()));
    }
    out.values(2, "dns", subject.getDnsNamesList());
    out.value(2, "hint", subject.getHint());
    governance(record);
  }

  private void registration(Registration registration) {
    out.item(3, "selectors");
    registration.getSelectorsList().forEach(it -> out.element(5, text(it)));
    if (registration.getAnyNode()) {
      out.value(4, "nodes", "any");
    } else {
      out.values(
          4,
          "nodes",
          registration.getNodeSelectorsList().stream().map(DeclarationWriter::text).toList());
    }
    demands(4, registration.getMinimumCode(), registration.getMinimumIsolation());
  }

  private static String text(Selector selector) {
    return selector.getType() + ":" + selector.getName() + ":" + selector.getValue();
  }

  private void governance(Governance record) {
    out.values(2, "tools", record.getToolsList());
    out.values(2, "data-classes", record.getDataClassesList());
    out.value(2, "schedule", record.getSchedule());
    out.values(2, "role-ceiling", record.getRoleCeilingList());
    out.values(2, "standing-roles", record.getStandingRolesList());
    if (record.getStandingAuthorityCount() > 0) {
      out.key(2, "standing-authority");
      record.getStandingAuthorityList().forEach(this::standing);
    }
    out.values(2, "approval-boundaries", record.getApprovalBoundariesList());
    out.values(2, "approvers", record.getApproversList());
    demands(2, record.getMinimumCode(), record.getMinimumIsolation());
    out.value(2, "max-lifetime", text(record.getMaximumLifetime()));
    out.value(2, "review-date", text(record.getReviewAt()));
    out.value(2, "expires", text(record.getExpiresAt()));
  }

  private void demands(
      int depth,
      dev.credence.proto.common.v1.CodeAssurance minimumCode,
      dev.credence.proto.common.v1.Isolation minimumIsolation) {
    CodeAssurance code = Levels.of(minimumCode);
    out.value(depth, "min-code", code == CodeAssurance.NONE ? "" : code.label());
    Isolation isolation = Levels.of(minimumIsolation);
    out.value(depth, "min-isolation", isolation == Isolation.SHARED_UID ? "" : isolation.label());
  }

  private void standing(StandingAuthority line) {
    out.item(3, "task", line.getTaskType());
    out.values(4, "roles", line.getRolesList());
    out.value(4, "duration", text(line.getDuration()));
    out.value(4, "budget", line.getBudget());
  }

  private static String text(Duration duration) {
    return duration.equals(Duration.getDefaultInstance())
        ? ""
        : Durations.format(
            java.time.Duration.ofSeconds(duration.getSeconds(), duration.getNanos()));
  }

  private static String text(Timestamp time) {
    return time.equals(Timestamp.getDefaultInstance())
        ? ""
        : Instant.ofEpochSecond(time.getSeconds(), time.getNanos()).toString();
  }
}
