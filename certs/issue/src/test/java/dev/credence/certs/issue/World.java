package dev.credence.certs.issue;

import dev.credence.certs.CertificateRequest;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.Id;
import dev.credence.certs.Identity;
import dev.credence.certs.Isolation;
import dev.credence.certs.Name;
import dev.credence.certs.PrivateKeys;
import dev.credence.certs.Sha256;
import dev.credence.certs.TrustDomain;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.Provider;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// A trust domain with one authority and templates for it.
final class World {
  static final Instant NOW = Instant.parse("2026-11-22T12:00:00.5Z");
  static final TrustDomain TRUST_DOMAIN = TrustDomain.parse("example.org");
  static final Duration LIFE = Duration.ofDays(365);

  final Provider provider;
  final SecureRandom random = new SecureRandom();
  final Authority authority;

  World(Provider provider) {
    this.provider = provider;
    this.authority = Authority.selfSigned(TRUST_DOMAIN, provider, NOW, LIFE, random);
  }

  KeyPair newKeys() {
    return PrivateKeys.generateP256(provider, random);
  }

  CheckedKey checked(KeyPair keys) {
    try {
      return new CsrChecker(provider).check(CertificateRequest.create(keys, provider));
    } catch (CsrException e) {
      throw new AssertionError(e);
    }
  }

  CheckedKey newKey() {
    return checked(newKeys());
  }

  SvidTemplate.Workload agent() {
    return agent(newKey(), List.of());
  }

  SvidTemplate.Workload agent(CheckedKey key, List<String> dnsNames) {
    var owner = new Name("finance");
    var name = new Name("invoice-bot");
    return new SvidTemplate.Workload(
        new Identity.Agent(owner, name).in(TRUST_DOMAIN),
        owner,
        name,
        dnsNames,
        maximalFacts(),
        key,
        Duration.ofMinutes(10));
  }

  SvidTemplate.Workload service() {
    var owner = new Name("finance");
    var name = new Name("ledger");
    return new SvidTemplate.Workload(
        new Identity.Service(owner, name).in(TRUST_DOMAIN),
        owner,
        name,
        List.of("ledger.example.org"),
        minimalFacts(),
        newKey(),
        Duration.ofHours(1));
  }

  SvidTemplate.Node node() {
    return new SvidTemplate.Node(
        new Identity.Node(id(7)).in(TRUST_DOMAIN), newKey(), Duration.ofHours(24));
  }

  SvidTemplate.Server server() {
    return new SvidTemplate.Server(
        new Identity.Server().in(TRUST_DOMAIN), newKey(), Duration.ofHours(24));
  }

  static ExecutionFacts minimalFacts() {
    return ExecutionFacts.builder()
        .ownerId(id(1))
        .agentId(id(2))
        .executionId(id(3))
        .process()
        .attested(digest("attestation"), CodeAssurance.NONE, Isolation.SHARED_UID)
        .build();
  }

  static ExecutionFacts maximalFacts() {
    return ExecutionFacts.builder()
        .ownerId(id(-1))
        .agentId(id(-2))
        .executionId(id(-3))
        .parent(id(-4), 255)
        .workflow(id(-5))
        .task(digest("task"))
        .delegator(digest("delegator"))
        .grant(digest("grant"))
        .attested(digest("attestation"), CodeAssurance.LAUNCHER, Isolation.SANDBOXED)
        .build();
  }

  static Id id(long number) {
    return new Id(~number, number);
  }

  static Sha256 digest(String of) {
    return Sha256.of(of.getBytes(StandardCharsets.UTF_8));
  }
}
