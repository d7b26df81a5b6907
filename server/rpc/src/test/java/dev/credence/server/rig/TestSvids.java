package dev.credence.server.rig;

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
import dev.credence.certs.X509Bundle;
import dev.credence.certs.X509Svid;
import dev.credence.certs.issue.Authority;
import dev.credence.certs.issue.CheckedKey;
import dev.credence.certs.issue.CsrChecker;
import dev.credence.certs.issue.SvidTemplate;
import dev.credence.platform.crypto.CryptoProviders;
import dev.credence.transport.TlsIdentity;
import java.security.KeyPair;
import java.security.Provider;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// SVIDs of every kind, from the authority of the server under test.
public final class TestSvids {
  public static final TrustDomain DOMAIN = TrustDomain.parse("example.org");
  public static final Provider CRYPTO = CryptoProviders.fastest();
  static final SecureRandom RANDOM = new SecureRandom();
  private static final Duration LIFE = Duration.ofHours(1);

  private final Authority authority;
  private final Clock clock;

  TestSvids(Authority authority, Clock clock) {
    this.authority = authority;
    this.clock = clock;
  }

  public static KeyPair keys() {
    try {
      return PrivateKeys.generateP256(CRYPTO, RANDOM);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  public static byte[] csr(KeyPair keys) {
    try {
      return CertificateRequest.create(keys, CRYPTO);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /// A client's identity: its SVID, and the bundle by which it knows the server.
  public TlsIdentity of(Identity identity) {
    return at(identity, clock.instant());
  }

  /// One that ran out an hour ago.
  public TlsIdentity expired(Identity identity) {
    return at(identity, clock.instant().minus(LIFE.multipliedBy(2)));
  }

  /// One for that key that runs out so soon.
  public TlsIdentity ending(Identity identity, KeyPair keys, Duration left) {
    return at(identity, clock.instant().minus(LIFE).plus(left), keys);
  }

  private TlsIdentity at(Identity identity, Instant issued) {
    return at(identity, issued, keys());
  }

  private TlsIdentity at(Identity identity, Instant issued, KeyPair keys) {
    try {
      CheckedKey key = new CsrChecker(CRYPTO).check(csr(keys));
      return fixed(X509Svid.of(authority.issue(template(identity, key), issued).chain(), keys));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  public TlsIdentity fixed(X509Svid svid) {
    X509Bundle bundle = authority.bundle();
    return new TlsIdentity() {
      @Override
      public X509Svid svid() {
        return svid;
      }

      @Override
      public X509Bundle bundle() {
        return bundle;
      }
    };
  }

  private static SvidTemplate template(Identity identity, CheckedKey key) {
    var id = identity.in(DOMAIN);
    return switch (identity) {
      case Identity.Node _ -> new SvidTemplate.Node(id, key, LIFE);
      case Identity.Server _ -> new SvidTemplate.Server(id, key, LIFE);
      case Identity.Agent agent ->
          new SvidTemplate.Workload(id, agent.owner(), agent.name(), List.of(), facts(), key, LIFE);
      case Identity.Service service ->
          new SvidTemplate.Workload(
              id, service.owner(), service.name(), List.of(), facts(), key, LIFE);
      case Identity.Administrator _ -> new SvidTemplate.Administrator(id, key, LIFE);
    };
  }

  private static ExecutionFacts facts() {
    return ExecutionFacts.builder()
        .ownerId(Id.random(RANDOM))
        .agentId(Id.random(RANDOM))
        .executionId(Id.random(RANDOM))
        .process()
        .attested(Sha256.of(new byte[] {1}), CodeAssurance.FILE, Isolation.OWN_UID)
        .build();
  }

  /// Names for tests.
  public static Identity agent() {
    return new Identity.Agent(new Name("team"), new Name("bot"));
  }

  public static Identity service() {
    return new Identity.Service(new Name("team"), new Name("tool"));
  }

  public static Identity node() {
    return new Identity.Node(Id.random(RANDOM));
  }
}
