package dev.credence.transport;

import dev.credence.certs.Certificates;
import dev.credence.certs.ExpiredSvid;
import dev.credence.certs.Identity;
import dev.credence.certs.PeerSvid;
import dev.credence.certs.Sha256;
import dev.credence.certs.SpiffeId;
import dev.credence.certs.SvidException;
import dev.credence.certs.SvidVerifier;
import dev.credence.certs.X509Bundle;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Set;

/// The three questions that a handshake asks of a chain. Never about host names: the identity is
/// the SPIFFE ID.
final class PeerChecks {
  private final SvidVerifier verifier;
  private final Clock clock;

  PeerChecks(SvidVerifier verifier, Clock clock) {
    this.verifier = verifier;
    this.clock = clock;
  }

  /// Anybody of our trust domain.
  PeerCheck member(TlsIdentity self) {
    return chain -> verify(chain, self.bundle());
  }

  /// Anybody of our trust domain, and a node whose SVID has run out, whenever that was: it cannot
  /// be told why it is refused before it is connected. What it may call is decided for each call.
  PeerCheck memberOrReturning(TlsIdentity self) {
    return chain -> {
      try {
        var _ = verifier.verify(chain, self.bundle(), clock.instant());
      } catch (SvidException e) {
        if (e.reason() != SvidException.Reason.EXPIRED || !isNode(chain, self.bundle())) {
          throw new CertificateException(e.getMessage(), e);
        }
      }
    };
  }

  private boolean isNode(List<X509Certificate> chain, X509Bundle bundle) {
    try {
      ExpiredSvid expired = verifier.verifyExpired(chain, bundle, clock.instant());
      return expired.identity().filter(Identity.Node.class::isInstance).isPresent();
    } catch (SvidException e) {
      return false; // the first reason stands
    }
  }

  /// Exactly this one.
  PeerCheck exactly(TlsIdentity self, SpiffeId expected) {
    return chain -> requireId(verify(chain, self.bundle()), expected);
  }

  /// Exactly this one, below an authority whose key has one of these digests (SHA-256 over its
  /// SubjectPublicKeyInfo): for a client that has no bundle yet.
  PeerCheck pinned(Set<Sha256> pins, SpiffeId expected) {
    return chain -> {
      List<X509Certificate> authorities =
          chain.stream()
              .skip(1)
              .filter(certificate -> pins.contains(Certificates.spkiDigest(certificate)))
              .toList();
      if (authorities.isEmpty()) {
        throw new CertificateException(
            "the server shows no authority with a pinned key (expected: one of "
                + pins.size()
                + " pins)");
      }
      X509Bundle trusted = X509Bundle.of(expected.trustDomain(), authorities);
      requireId(verify(chain, trusted), expected);
    };
  }

  private PeerSvid verify(List<X509Certificate> chain, X509Bundle bundle)
      throws CertificateException {
    try {
      return verifier.verify(chain, bundle, clock.instant());
    } catch (SvidException e) {
      throw new CertificateException(e.getMessage(), e);
    }
  }

  private static void requireId(PeerSvid peer, SpiffeId expected) throws CertificateException {
    if (!peer.id().equals(expected)) {
      throw new CertificateException("peer is " + peer.id() + " (expected: " + expected + ")");
    }
  }
}
