package dev.credence.server.core;

import dev.credence.certs.CertificateRequest;
import dev.credence.certs.Identity;
import dev.credence.certs.PrivateKeys;
import dev.credence.certs.SvidException;
import dev.credence.certs.X509Svid;
import dev.credence.certs.issue.CheckedKey;
import dev.credence.certs.issue.IssuedCertificate;
import dev.credence.certs.issue.SvidTemplate;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;
import java.security.KeyPair;
import java.security.Provider;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The server's own SVID, `/server`: its key lives in memory only, and is replaced with the
/// certificate at half of its life. Thread-safe.
public final class ServerIdentity {
  private static final Logger LOG = LoggerFactory.getLogger(ServerIdentity.class);

  /// How often [#renewIfDue()] is meant to run.
  static final Duration CHECK_EVERY = Duration.ofSeconds(30);

  private final Plumbing plumbing;
  private final CoreSettings settings;
  private final Issuer issuer;
  private final Provider crypto;
  private volatile Held held;

  /// Issues the first one.
  ServerIdentity(Plumbing plumbing, CoreSettings settings, Issuer issuer, Provider crypto)
      throws ServerException {
    this.plumbing = plumbing;
    this.settings = settings;
    this.issuer = issuer;
    this.crypto = crypto;
    this.held = issue();
  }

  private record Held(X509Svid svid, Instant renewAt) {}

  /// The newest.
  public X509Svid svid() {
    return held.svid;
  }

  /// Replaces it from half of its life on. Never throws: the next run tries again.
  void renewIfDue() {
    if (plumbing.database().now().isBefore(held.renewAt)) {
      return;
    }
    try {
      held = issue();
    } catch (ServerException | RuntimeException e) {
      LOG.atWarn().setCause(e).log("server SVID not renewed yet");
    }
  }

  private Held issue() throws ServerException {
    KeyPair keys = PrivateKeys.generateP256(crypto, plumbing.random());
    CheckedKey key = issuer.check(CertificateRequest.create(keys, crypto));
    var template =
        new SvidTemplate.Server(
            new Identity.Server().in(settings.trustDomain()), key, settings.lifetimes().server());
    IssuedCertificate certificate = issuer.sign(template, "server");
    boolean _ =
        plumbing
            .database()
            .write(tx -> {
              tx.executions()
                  .insert(
                      new CertificateRecord(
                          certificate.serialHex(),
                          certificate.spkiDigest(),
                          CertificateRecord.Holder.server(),
                          certificate.notBefore(),
                          certificate.notAfter()));
              plumbing
                  .journal()
                  .append(
                      tx,
                      Details.of("serial", certificate.serialHex())
                          .and("key", certificate.spkiDigest())
                          .and("not-after", certificate.notAfter())
                          .event(EventKind.SVID_ISSUED, new Actor.Server(), About.nothing()),
                      plumbing.database().now());
              return true;
            });
    return held(certificate, keys);
  }

  private static Held held(IssuedCertificate certificate, KeyPair keys) {
    Duration life = Duration.between(certificate.notBefore(), certificate.notAfter());
    try {
      return new Held(
          X509Svid.of(certificate.chain(), keys), certificate.notBefore().plus(life.dividedBy(2)));
    } catch (SvidException e) {
      throw new IllegalStateException("server SVID: issued, but unusable", e);
    }
  }
}
