package dev.credence.server.core;

import dev.credence.certs.Certificates;
import dev.credence.certs.Id;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.issue.Authority;
import dev.credence.certs.issue.JwtAuthorities;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.AuthorityKind;
import dev.credence.server.core.model.AuthorityRecord;
import dev.credence.server.core.model.AuthorityState;
import dev.credence.server.core.port.Transaction;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This server's authorities as they are found at its start: the first one's record is made if it
/// is not there, keys that may sign are taken up, and those that may not are destroyed. Used once.
final class OwnAuthorities {
  private static final Logger LOG = LoggerFactory.getLogger(OwnAuthorities.class);

  private final AuthoritySetup setup;
  private final TrustDomain trustDomain;
  private final Clock clock;
  private final X509Certificate certificate;

  private OwnAuthorities(
      AuthoritySetup setup, TrustDomain trustDomain, Clock clock, X509Certificate certificate) {
    this.setup = setup;
    this.trustDomain = trustDomain;
    this.clock = clock;
    this.certificate = certificate;
  }

  /// @throws ServerException INVALID: the first one is not usable, the message says why
  static OwnAuthorities open(AuthoritySetup setup, TrustDomain trustDomain, Clock clock)
      throws ServerException {
    try {
      return new OwnAuthorities(
          setup,
          trustDomain,
          clock,
          setup.keys().first(trustDomain, clock.instant(), setup.life()));
    } catch (IOException e) {
      throw new ServerException(Kind.INVALID, String.valueOf(e.getMessage()), e);
    }
  }

  /// The first one's id, by which this server is told from others.
  Id first() {
    return Authority.idOf(certificate);
  }

  X509Certificate certificate() {
    return certificate;
  }

  /// Makes the first one's record if it is not there: it was made just now, or before there were
  /// records.
  void record(Transaction tx) {
    if (tx.authorities().find(first()).isPresent()) {
      return;
    }
    boolean alone = tx.authorities().all().isEmpty();
    Instant made = certificate.getNotBefore().toInstant();
    tx.authorities()
        .insert(
            new AuthorityRecord(
                first(),
                first(),
                AuthorityKind.X509,
                AuthorityState.ACTIVE,
                material(certificate),
                alone ? tx.authorities().bundleSequence() : tx.authorities().nextBundleSequence(),
                new AuthorityRecord.Times(made, made)));
  }

  /// The one that signs.
  String active(Transaction tx) {
    return tx.authorities().all().stream()
        .filter(authority -> authority.server().equals(first()))
        .filter(authority -> authority.state() == AuthorityState.ACTIVE)
        .map(authority -> authority.id().toString())
        .findFirst()
        .orElse("");
  }

  /// What is trusted, with the keys that may sign.
  Trust trust(List<AuthorityRecord> all, StreamIndex streams, JwtAuthorities jwt)
      throws ServerException {
    var trust = new Trust(trustDomain, first(), streams, clock::instant, jwt);
    for (AuthorityRecord authority : all) {
      if (authority.server().equals(first())) {
        takeUp(authority, trust);
      }
    }
    return trust;
  }

  private void takeUp(AuthorityRecord authority, Trust trust) throws ServerException {
    try {
      if (authority.state().isSound()) {
        trust.hold(setup.keys().load(trustDomain, Trust.certificate(authority)));
      } else {
        setup.keys().destroy(authority.id());
      }
    } catch (IOException e) {
      if (authority.state() == AuthorityState.ACTIVE) {
        throw new ServerException(Kind.INVALID, String.valueOf(e.getMessage()), e);
      }
      LOG.atError()
          .setCause(e)
          .addKeyValue("authority", authority.id())
          .addKeyValue("state", authority.state().label())
          .log("an authority's key");
    }
  }

  static AuthorityRecord.Material material(X509Certificate certificate) {
    return new AuthorityRecord.Material(
        Certificates.toPem(List.of(certificate)),
        certificate.getNotBefore().toInstant(),
        certificate.getNotAfter().toInstant());
  }
}
