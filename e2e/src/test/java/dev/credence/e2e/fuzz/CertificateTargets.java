package dev.credence.e2e.fuzz;

import static dev.credence.e2e.fuzz.Inputs.AUTHORITY;
import static dev.credence.e2e.fuzz.Inputs.DOMAIN;
import static dev.credence.e2e.fuzz.Inputs.NOW;
import static dev.credence.e2e.fuzz.Inputs.RANDOM;
import static dev.credence.e2e.fuzz.Inputs.concatenated;
import static dev.credence.e2e.fuzz.Inputs.same;
import static dev.credence.e2e.fuzz.Inputs.text;
import static dev.credence.e2e.fuzz.Inputs.utf8;

import dev.credence.certs.CertificateRequest;
import dev.credence.certs.Certificates;
import dev.credence.certs.CodeAssurance;
import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.Id;
import dev.credence.certs.Identity;
import dev.credence.certs.Isolation;
import dev.credence.certs.PrivateKeys;
import dev.credence.certs.Sha256;
import dev.credence.certs.SpiffeId;
import dev.credence.certs.SvidException;
import dev.credence.certs.SvidVerifier;
import dev.credence.certs.X509Bundle;
import dev.credence.certs.issue.CsrChecker;
import dev.credence.certs.issue.CsrException;
import dev.credence.certs.issue.SvidTemplate;
import dev.credence.e2e.client.Keys;
import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.security.Provider;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// Certificates, keys and requests.
final class CertificateTargets {

  private static final Provider CRYPTO = Keys.CRYPTO;
  private static final SpiffeId NODE = new Identity.Node(new Id(0, 7)).in(DOMAIN);
  private static final Set<Class<? extends Exception>> SVID = Set.of(SvidException.class);
  private static final KeyPair KEYS = PrivateKeys.generateP256(CRYPTO, RANDOM);
  private static final byte[] CSR = CertificateRequest.create(KEYS, CRYPTO);
  private static final byte[] LEAF = leaf();

  private CertificateTargets() {}

  private static byte[] leaf() {
    try {
      var key = new CsrChecker(CRYPTO).check(CSR);
      var node = new SvidTemplate.Node(NODE, key, Duration.ofHours(1));
      return Certificates.toDer(AUTHORITY.issue(node, NOW).leaf());
    } catch (CsrException e) {
      throw new AssertionError(e);
    }
  }

  static List<Target> all() {
    byte[] root = Certificates.toDer(AUTHORITY.certificate());
    byte[] pkcs8 = PrivateKeys.pkcs8(KEYS.getPrivate(), KEYS.getPublic());
    var facts =
        ExecutionFacts.builder()
            .ownerId(new Id(0, 1))
            .agentId(new Id(0, 2))
            .executionId(new Id(0, 3))
            .process()
            .attested(Sha256.of(new byte[] {1}), CodeAssurance.FILE, Isolation.OWN_UID)
            .build();
    var verifier = new SvidVerifier(CRYPTO);
    return List.of(
        new Target(
            "certificates",
            "Certificates.parse",
            "TLS peers, the Workload API",
            List.of(LEAF, root),
            SVID,
            input -> same(Certificates.serialHex(Certificates.parse(input)).isEmpty(), false)),
        new Target(
            "chain",
            "Certificates.parseChain",
            "the Workload API",
            List.of(LEAF, root, concatenated(LEAF, root)),
            SVID,
            input -> Certificates.parseChain(input)),
        new Target(
            "pem",
            "Certificates.parsePem",
            "files, commands",
            utf8(Certificates.toPem(List.of(AUTHORITY.certificate())), ""),
            SVID,
            input -> Certificates.parsePem(text(input))),
        new Target(
            "x509-bundle",
            "X509Bundle.parse",
            "the server, the Workload API",
            List.of(root, concatenated(root, root), new byte[0]),
            SVID,
            input -> {
              var bundle = X509Bundle.parse(DOMAIN, input);
              same(X509Bundle.parse(DOMAIN, bundle.toDer()), bundle);
            }),
        new Target(
            "svid",
            "SvidVerifier.verify",
            "TLS peers",
            List.of(LEAF, concatenated(LEAF, root)),
            SVID,
            input -> {
              var peer = verifier.verify(Certificates.parseChain(input), AUTHORITY.bundle(), NOW);
              same(peer.id(), NODE);
            }),
        new Target(
            "execution-extension",
            "ExecutionFacts.parse",
            "TLS peers",
            List.of(facts.encode()),
            SVID,
            input ->
                same(
                    ByteBuffer.wrap(ExecutionFacts.parse(input).encode()), ByteBuffer.wrap(input))),
        new Target(
            "private-key",
            "PrivateKeys.parsePkcs8",
            "the Workload API, key files",
            List.of(pkcs8),
            SVID,
            input -> PrivateKeys.parsePkcs8(input, CRYPTO)),
        new Target(
            "private-key-pem",
            "PrivateKeys.parsePem",
            "key files",
            utf8(PrivateKeys.toPem(pkcs8)),
            SVID,
            input -> PrivateKeys.parsePem(text(input), CRYPTO)),
        new Target(
            "csr",
            "CsrChecker.check",
            "nodes",
            List.of(CSR),
            Set.of(CsrException.class),
            input -> new CsrChecker(CRYPTO).check(input)));
  }
}
