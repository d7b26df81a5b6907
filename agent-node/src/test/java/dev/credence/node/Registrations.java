package dev.credence.node;

import dev.credence.attestors.Attested.Gap;
import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Id;
import dev.credence.certs.Isolation;
import dev.credence.certs.Sha256;
import dev.credence.certs.SpiffeId;
import dev.credence.platform.linux.ProcessMark;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/// Registrations and attestations for tests of what is pure.
final class Registrations {
  private static final ProcessMark MARK = new ProcessMark("boot", 1, 100, 5, 1, 2, 3, 4, 5);

  private Registrations() {}

  static Registration of(long subject, String... selectors) {
    return build(subject, subject, Demands.NONE, selectors);
  }

  static Registration createdAt(long seconds, String... selectors) {
    return build(seconds, seconds, Demands.NONE, selectors);
  }

  static Registration demanding(Demands demands, String... selectors) {
    return build(1, 1, demands, selectors);
  }

  static Registration build(long subject, long created, Demands demands, String... selectors) {
    return new Registration(
        new Id(created, subject),
        1,
        Sha256.of(new byte[] {(byte) subject, (byte) created}),
        new Subject(
            new Id(0, subject),
            SubjectKind.AGENT,
            SpiffeId.parse("spiffe://test.example/agent/team/a" + subject)),
        Arrays.stream(selectors).map(Selector::parse).toList(),
        demands,
        "",
        Instant.ofEpochSecond(created),
        true);
  }

  static Registration withheld(Registration of) {
    var subject = of.subject();
    return new Registration(
        of.id(),
        of.revision(),
        of.essence(),
        new Subject(subject.id(), subject.kind(), subject.spiffeId(), false, "subject-suspended"),
        of.selectors(),
        of.demands(),
        of.hint(),
        of.createdAt(),
        of.jwt());
  }

  static Evidence says(String selector) {
    return Evidence.of(Selector.parse(selector), "test");
  }

  static Evidence says(String selector, CodeAssurance code) {
    return Evidence.of(Selector.parse(selector), code, "test");
  }

  static Attestation attestation(Isolation isolation, Evidence... evidence) {
    return new Attestation(
        MARK, new Attestation.Owner(1, 1), "/bin/x", List.of(evidence), List.of(), isolation);
  }

  static Attestation attestation(Evidence... evidence) {
    return attestation(Isolation.SHARED_UID, evidence);
  }

  static Attestation withGap(Gap gap, Evidence... evidence) {
    return new Attestation(
        MARK,
        new Attestation.Owner(1, 1),
        "/bin/x",
        List.of(evidence),
        List.of(gap),
        Isolation.SHARED_UID);
  }
}
