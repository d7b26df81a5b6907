package dev.credence.server.core;

import dev.credence.attestors.Evidence;
import dev.credence.attestors.Selector;
import dev.credence.certs.AttestationDigest;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Sha256;
import dev.credence.server.core.model.Attestation;
import dev.credence.server.core.model.ProcessSeen;

/// An attestation with its digest, which is computed once.
record DigestedAttestation(Attestation attestation, Sha256 digest) {
  static DigestedAttestation of(Attestation attestation) {
    return new DigestedAttestation(attestation, digest(attestation));
  }

  /// The same with another conclusion about the code.
  DigestedAttestation with(CodeAssurance code) {
    return code == attestation.code()
        ? this
        : of(
            new Attestation(
                attestation.process(), attestation.evidence(), code, attestation.isolation()));
  }

  /// As docs/spec/execution-extension.md says.
  private static Sha256 digest(Attestation attestation) {
    ProcessSeen process = attestation.process();
    ProcessSeen.Mark mark = process.mark();
    ProcessSeen.Instance instance = mark.instance();
    AttestationDigest digest =
        AttestationDigest.builder()
            .process(
                instance.bootId(), instance.pidNamespace(), instance.pid(), instance.startTime())
            .image(
                mark.executableDevice(),
                mark.executableInode(),
                mark.image().startCode(),
                mark.image().startStack(),
                mark.image().argStart())
            .owner(process.uid(), process.gid(), process.executable())
            .assurance(attestation.code(), attestation.isolation());
    for (Evidence evidence : attestation.evidence()) {
      Selector selector = evidence.selector();
      digest.property(
          selector.type(), selector.name(), selector.value(), evidence.code(), evidence.source());
    }
    return digest.digest();
  }
}
