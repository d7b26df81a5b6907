package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.Identity;
import dev.credence.certs.Name;
import dev.credence.certs.Printable;
import dev.credence.certs.TrustDomain;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Administrator;
import dev.credence.server.core.model.AdministratorRole;
import dev.credence.server.core.model.AdministratorState;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.OwnerState;
import dev.credence.server.core.model.Person;
import dev.credence.server.core.port.View;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What administrators may look like. Stateless.
final class AdministratorRules {
  static final Duration STANDARD_SVID_TTL = Duration.ofHours(12);
  static final Duration STANDARD_TOKEN_TTL = Duration.ofMinutes(10);
  static final int LONGEST_REASON = 512;

  private static final Duration SHORTEST_SVID_TTL = Duration.ofMinutes(5);
  private static final Duration LONGEST_SVID_TTL = Duration.ofDays(7);
  private static final Duration SHORTEST_TOKEN_TTL = Duration.ofSeconds(10);
  private static final Duration LONGEST_TOKEN_TTL = Duration.ofHours(24);
  private static final int MOST_OWNERS = 64;

  private AdministratorRules() {}

  static Optional<AdministratorRole> role(String word, Problems problems) {
    Optional<AdministratorRole> role = AdministratorRole.of(word);
    if (role.isEmpty()) {
      problems.add(
          Texts.format(
              "role: %s (expected: operator, registrar or auditor)", Printable.quoted(word)));
    }
    return role;
  }

  /// A registrar is one of some owner, the others of none.
  static void owners(AdministratorRole role, List<String> owners, Problems problems) {
    if (role == AdministratorRole.REGISTRAR && owners.isEmpty()) {
      problems.add("owners: none (expected: at least one for a registrar)");
    } else if (role != AdministratorRole.REGISTRAR && !owners.isEmpty()) {
      problems.add(
          Texts.format(
              "owners: %d (expected: none for role %s, which reaches everything)",
              owners.size(), role.label()));
    } else if (owners.size() > MOST_OWNERS) {
      problems.add(Texts.format("owners: %d (expected: at most %d)", owners.size(), MOST_OWNERS));
    }
  }

  static void svidTtl(Optional<Duration> ttl, Problems problems) {
    range("svid ttl", ttl, SHORTEST_SVID_TTL, LONGEST_SVID_TTL, problems);
  }

  static void tokenTtl(Optional<Duration> ttl, Problems problems) {
    range("token ttl", ttl, SHORTEST_TOKEN_TTL, LONGEST_TOKEN_TTL, problems);
  }

  private static void range(
      String what, Optional<Duration> ttl, Duration least, Duration most, Problems problems) {
    ttl.filter(it -> it.compareTo(least) < 0 || it.compareTo(most) > 0 || !Durations.isWhole(it))
        .ifPresent(it ->
            problems.add(
                Texts.format(
                    "%s: %s (expected: whole seconds, %s to %s)",
                    what, Durations.text(it), Durations.text(least), Durations.text(most))));
  }

  /// Those owners, none of them retired.
  static Set<Id> owners(View view, List<String> references) throws ServerException {
    var problems = new Problems();
    var found = new java.util.LinkedHashSet<Id>();
    for (String reference : references) {
      Optional<Owner> owner = References.owner(view, reference);
      if (owner.isEmpty()) {
        problems.add(Texts.format("owner %s: not found", Printable.quoted(reference)));
      } else if (owner.get().state() == OwnerState.RETIRED) {
        problems.add(Texts.format("owner %s: retired (expected: not)", owner.get().name()));
      } else {
        found.add(owner.get().id());
      }
    }
    problems.throwIfAny();
    return found;
  }

  /// The administrator, by name or id. Errors: NOT_FOUND.
  static Administrator known(View view, String reference) throws ServerException {
    Optional<Administrator> named;
    try {
      named = view.administrators().find(new Name(reference));
    } catch (IllegalArgumentException notAName) {
      named = Optional.empty();
    }
    return named
        .or(() -> References.id(reference).flatMap(id -> view.administrators().find(id)))
        .orElseThrow(() ->
            new ServerException(
                Kind.NOT_FOUND,
                Texts.format("administrator %s: not found", Printable.quoted(reference))));
  }

  static void requireNotRemoved(Administrator administrator) throws ServerException {
    if (administrator.state() == AdministratorState.REMOVED) {
      throw new ServerException(
          Kind.INVALID,
          Texts.format(
              "administrator %s: removed (removed is final: enroll another name)",
              administrator.name()));
    }
  }

  static AdministratorView view(View view, TrustDomain trustDomain, Administrator administrator) {
    List<Name> owners =
        administrator.scope().owners().stream()
            .map(id -> view.owners().find(id).orElseThrow().name())
            .sorted()
            .toList();
    return new AdministratorView(
        administrator,
        new Identity.Administrator(administrator.name()).in(trustDomain),
        owners,
        view.owners().personOfAdministrator(administrator.name()).map(Person::name));
  }

  static String names(View view, Set<Id> owners) {
    return owners.stream()
        .map(id -> view.owners().find(id).orElseThrow().name().value())
        .sorted()
        .collect(Collectors.joining(" "));
  }
}
