package dev.credence.transport;

import dev.credence.certs.CertificateRequest;
import dev.credence.certs.Id;
import dev.credence.certs.Identity;
import dev.credence.certs.PrivateKeys;
import dev.credence.certs.Sha256;
import dev.credence.certs.SpiffeId;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.X509Bundle;
import dev.credence.certs.X509Svid;
import dev.credence.certs.issue.Authority;
import dev.credence.certs.issue.CheckedKey;
import dev.credence.certs.issue.CsrChecker;
import dev.credence.certs.issue.SvidTemplate;
import dev.credence.platform.crypto.CryptoProviders;
import java.security.KeyPair;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// A real authority, and SVIDs of it for tests.
final class TestAuthority {
  static final TrustDomain DOMAIN = TrustDomain.parse("example.org");
  static final SpiffeId SERVER = SpiffeId.of(DOMAIN, "server");
  static final SpiffeId NODE_A = new Identity.Node(new Id(0, 1)).in(DOMAIN);
  static final SpiffeId NODE_B = new Identity.Node(new Id(0, 2)).in(DOMAIN);
  static final Provider CRYPTO = CryptoProviders.fastest();
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Authority authority;

  TestAuthority(Instant now) {
    try {
      authority = Authority.selfSigned(DOMAIN, CRYPTO, now, Duration.ofDays(30), RANDOM);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  X509Certificate certificate() {
    return authority.certificate();
  }

  X509Bundle bundle() {
    return X509Bundle.of(DOMAIN, List.of(authority.certificate()));
  }

  Sha256 pin() {
    return Sha256.of(authority.certificate().getPublicKey().getEncoded());
  }

  X509Svid svid(SpiffeId id, Instant now, Duration life) {
    try {
      KeyPair keys = PrivateKeys.generateP256(CRYPTO, RANDOM);
      CheckedKey key = new CsrChecker(CRYPTO).check(CertificateRequest.create(keys, CRYPTO));
      return X509Svid.of(authority.issue(template(id, key, life), now).chain(), keys.getPrivate());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  X509Svid svid(SpiffeId id) {
    return svid(id, Instant.now(), Duration.ofHours(1));
  }

  private static SvidTemplate template(SpiffeId id, CheckedKey key, Duration life) {
    return id.equals(SERVER)
        ? new SvidTemplate.Server(id, key, life)
        : new SvidTemplate.Node(id, key, life);
  }

  /// An identity whose parts tests replace.
  static final class Changing implements TlsIdentity {
    volatile X509Svid svid;
    volatile X509Bundle bundle;

    Changing(X509Svid svid, X509Bundle bundle) {
      this.svid = svid;
      this.bundle = bundle;
    }

    @Override
    public X509Svid svid() {
      return svid;
    }

    @Override
    public X509Bundle bundle() {
      return bundle;
    }
  }
}
