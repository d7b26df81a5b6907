package dev.credence.server.core;

import dev.credence.certs.CertificateRequest;
import dev.credence.certs.Id;
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
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The server's own SVID, `/server`: its key lives in memory only, and is replaced with the
/// certificate at half of its life. Thread-safe.
public final class ServerIdentity {
  private static final Logger LOG = LoggerFactory.getLogger(ServerIdentity.class);

  /// How often [#renewIfDue()] is meant to run.
  static final Duration CHECK_EVERY = Duration.ofSeconds(30);

  private static final int ATTEMPTS = 5;

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
    this.held = issue(Optional.empty());
  }

  private record Held(X509Svid svid, Instant renewAt, Id authority) {}

  /// The newest.
  public X509Svid svid() {
    return held.svid;
  }

  /// Replaces it from half of its life on, or if its authority is tainted. Never throws: the next
  /// run tries again.
  void renewIfDue() {
    Instant now = plumbing.database().now();
    // One that begins later was issued while the clock was ahead.
    boolean begun = !now.isBefore(held.svid.leaf().getNotBefore().toInstant());
    if (begun && now.isBefore(held.renewAt) && issuer.isSound(held.authority)) {
      return;
    }
    try {
      held = issue(Optional.empty());
    } catch (ServerException | RuntimeException e) {
      LOG.atWarn().setCause(e).log("server SVID not renewed yet");
    }
  }

  /// Replaces it if that authority signed it.
  void leave(Id authority) throws ServerException {
    if (held.authority.equals(authority)) {
      held = issue(Optional.of(authority));
    }
  }

  private Held issue(Optional<Id> leaving) throws ServerException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<Held> issued = tryIssue(leaving);
      if (issued.isPresent()) {
        return issued.get();
      }
    }
    throw new ServerException(
        ServerException.Kind.UNAVAILABLE,
        Texts.format("server SVID: its authority changed %d times while it was made", ATTEMPTS));
  }

  private Optional<Held> tryIssue(Optional<Id> leaving) throws ServerException {
    KeyPair keys = PrivateKeys.generateP256(crypto, plumbing.random());
    CheckedKey key = issuer.check(CertificateRequest.create(keys, crypto));
    var template =
        new SvidTemplate.Server(
            new Identity.Server().in(settings.trustDomain()), key, settings.lifetimes().server());
    IssuedCertificate certificate = issuer.signOwn(template, leaving);
    boolean recorded =
        plumbing
            .database()
            .write(tx -> {
              if (!Trust.allowsForServer(tx, certificate.authority())) {
                return false;
              }
              tx.executions()
                  .insert(
                      new CertificateRecord(
                          certificate.serialHex(),
                          certificate.spkiDigest(),
                          CertificateRecord.Holder.server(),
                          certificate.notBefore(),
                          certificate.notAfter(),
                          Optional.of(certificate.authority())));
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
    return recorded ? Optional.of(held(certificate, keys)) : Optional.empty();
  }

  private static Held held(IssuedCertificate certificate, KeyPair keys) {
    Duration life = Duration.between(certificate.notBefore(), certificate.notAfter());
    try {
      return new Held(
          X509Svid.of(certificate.chain(), keys),
          certificate.notBefore().plus(life.dividedBy(2)),
          certificate.authority());
    } catch (SvidException e) {
      throw new IllegalStateException("server SVID: issued, but unusable", e);
    }
  }
}
