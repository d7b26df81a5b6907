package dev.credence.server.core;

import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.Subject;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What can be changed of an agent or service, and how its value reads.
public enum SubjectField {
  SVID_TTL(subject -> Durations.text(subject.svid().ttl())),
  DNS_NAMES(subject -> String.join(" ", subject.svid().dnsNames())),
  HINT(subject -> subject.svid().hint()),
  JWT(subject -> subject.svid().jwt() ? "yes" : "no"),
  LIFETIME(subject -> subject.svid().lifetime().label()),
  PURPOSE(subject -> subject.governance().purpose()),
  TOOLS(subject -> String.join(", ", subject.governance().scope().tools())),
  DATA_CLASSES(subject -> String.join(", ", subject.governance().scope().dataClasses())),
  SCHEDULE(subject -> subject.governance().scope().schedule()),
  ROLE_CEILING(subject -> String.join(", ", subject.governance().authority().roleCeiling())),
  STANDING_ROLES(subject -> String.join(", ", subject.governance().authority().standingRoles())),
  STANDING_AUTHORITY(SubjectField::standing),
  APPROVAL_BOUNDARIES(subject -> String.join(", ", subject.governance().approvals().boundaries())),
  APPROVERS(subject -> String.join(", ", subject.governance().approvals().approvers())),
  MINIMUM_CODE(subject -> subject.governance().minimum().code().label()),
  MINIMUM_ISOLATION(subject -> subject.governance().minimum().isolation().label()),
  MAXIMUM_LIFETIME(
      subject -> subject.governance().life().maximum().map(Durations::text).orElse("")),
  REVIEW_AT(subject -> text(subject.governance().life().reviewAt())),
  EXPIRES_AT(subject -> text(subject.governance().life().expiresAt()));

  @SuppressWarnings("ImmutableEnumChecker") // references to methods without state
  private final Function<Subject, String> value;

  SubjectField(Function<Subject, String> value) {
    this.value = value;
  }

  private static String text(Optional<?> value) {
    return value.map(Object::toString).orElse("");
  }

  private static String standing(Subject subject) {
    return subject.governance().authority().standing().stream()
        .map(SubjectField::line)
        .collect(Collectors.joining("; "));
  }

  private static String line(Governance.Standing line) {
    return Texts.format(
        "%s as %s, %s%s",
        line.taskType(),
        String.join(", ", line.roles()),
        Durations.text(line.duration()),
        line.budget().isEmpty() ? "" : ", " + line.budget());
  }

  /// By its name on the wire: "svid_ttl".
  public static Optional<SubjectField> of(String word) {
    return Arrays.stream(values())
        .filter(field -> field.name().toLowerCase(Locale.ROOT).equals(word))
        .findFirst();
  }

  /// All names on the wire.
  public static String words() {
    return Arrays.stream(values())
        .map(field -> field.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }

  /// The word in events and reports: "svid-ttl".
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String of(Subject subject) {
    return value.apply(subject);
  }
}
