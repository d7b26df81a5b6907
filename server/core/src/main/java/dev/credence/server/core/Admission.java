package dev.credence.server.core;

import dev.credence.attestors.Assurance;
import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Id;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Attestation;
import dev.credence.server.core.model.Governance;
import dev.credence.server.core.model.Lifetime;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.Owner;
import dev.credence.server.core.model.OwnerState;
import dev.credence.server.core.model.Registration;
import dev.credence.server.core.model.Subject;
import dev.credence.server.core.model.SubjectKind;
import dev.credence.server.core.model.SubjectState;
import dev.credence.server.core.port.View;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Decides whether what a node attested leads to an agent or service. The server matches again
/// itself: of the node it takes what was read, never what it concludes. Where the attestation does
/// not do, the node is not told which part. Stateless.
final class Admission {
  /// What whoever uses an SVID that others fetched may be believed about its code.
  static final CodeAssurance MOST_BY_SVID = CodeAssurance.CLAIMED;

  private Admission() {}

  /// What leads where.
  ///
  /// @param attested with the code assurance that this registration's selectors earn
  record Admitted(Subject subject, Registration registration, DigestedAttestation attested) {}

  /// The registration and what it leads to, if it is meant for that node.
  static RegistryEntry meant(View view, Node node, Id registrationId) throws ServerException {
    Registration registration =
        view.subjects()
            .registration(registrationId)
            .orElseThrow(() ->
                new ServerException(
                    Kind.STALE,
                    Texts.format("registration %s: not (or no longer) there", registrationId)));
    if (!registration.nodes().admits(node)) {
      throw new ServerException(
          Kind.REFUSED,
          Texts.format("registration %s: not meant for node %s", registrationId, node.id()));
    }
    Subject subject = view.subjects().find(registration.subjectId()).orElseThrow();
    return new RegistryEntry(subject, registration);
  }

  /// The same with the attestation, if all is as the registration and the governance record demand.
  static Admitted decide(View view, RegistryEntry entry, DigestedAttestation attested)
      throws ServerException {
    requireActive(view, entry.subject());
    return match(entry, attested);
  }

  /// The part of [#decide] that needs no database.
  static Admitted match(RegistryEntry entry, DigestedAttestation attested) throws ServerException {
    requireLaunchedFor(entry, attested.attestation());
    DigestedAttestation earned = attested.with(earnedCode(entry, attested.attestation()));
    requireMinimum(entry, earned.attestation());
    return new Admitted(entry.subject(), entry.registration(), earned);
  }

  /// A program that a node has started for an agent is that agent or nobody, whatever else fits.
  private static void requireLaunchedFor(RegistryEntry entry, Attestation attestation)
      throws ServerException {
    Subject.Handle handle = entry.subject().handle();
    for (Evidence evidence : attestation.evidence()) {
      Selector selector = evidence.selector();
      boolean others =
          selector.kind().equals("launch:agent")
              && !(handle.kind() == SubjectKind.AGENT && selector.value().equals(handle.display()));
      if (others) {
        throw notAttested(entry, "launched for another, " + selector);
      }
    }
  }

  static void requireActive(View view, Subject subject) throws ServerException {
    if (subject.state() != SubjectState.ACTIVE) {
      throw new ServerException(
          Kind.REFUSED,
          Texts.format(
              "%s %s: %s (expected: active)",
              subject.handle().kind().label(), subject.handle().display(), lower(subject.state())));
    }
    Optional<Owner> owner = view.owners().find(subject.handle().ownerId());
    if (owner.isEmpty() || owner.get().state() != OwnerState.ACTIVE) {
      throw new ServerException(
          Kind.REFUSED,
          Texts.format(
              "owner %s: %s (expected: active)",
              subject.handle().owner(), owner.map(found -> lower(found.state())).orElse("gone")));
    }
  }

  private static CodeAssurance earnedCode(RegistryEntry entry, Attestation attestation)
      throws ServerException {
    Set<Selector> wanted = entry.registration().selectors();
    Set<Selector> found = new HashSet<>();
    for (Evidence evidence : attestation.evidence()) {
      if (wanted.contains(evidence.selector())) {
        found.add(evidence.selector());
      }
    }
    if (found.size() < wanted.size()) {
      var missing = new TreeSet<Selector>(wanted);
      missing.removeAll(found);
      throw notAttested(entry, "not attested: " + SubjectDetails.sorted(missing));
    }
    CodeAssurance code = Assurance.code(wanted, attestation.evidence());
    boolean bySvid = entry.subject().svid().lifetime() == Lifetime.SVID;
    return bySvid && code.compareTo(MOST_BY_SVID) > 0 ? MOST_BY_SVID : code;
  }

  private static void requireMinimum(RegistryEntry entry, Attestation earned)
      throws ServerException {
    Governance.Assurance minimum = entry.minimum();
    if (earned.code().compareTo(minimum.code()) < 0) {
      throw notAttested(
          entry,
          Texts.format("code assurance %s (expected: at least %s)", earned.code(), minimum.code()));
    }
    if (earned.isolation().compareTo(minimum.isolation()) < 0) {
      throw notAttested(
          entry,
          Texts.format(
              "isolation %s (expected: at least %s)", earned.isolation(), minimum.isolation()));
    }
  }

  private static ServerException notAttested(RegistryEntry entry, String reason) {
    return ServerException.hiding(
        Kind.NOT_ATTESTED,
        Texts.format("registration %s: the attestation does not satisfy it", entry.id()),
        Texts.format(
            "registration %s of %s: %s", entry.id(), entry.subject().handle().display(), reason));
  }

  private static String lower(Enum<?> state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
