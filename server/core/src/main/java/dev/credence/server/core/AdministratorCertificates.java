package dev.credence.server.core;

import dev.credence.attestors.join.JoinTokenSecret;
import dev.credence.certs.Id;
import dev.credence.certs.Identity;
import dev.credence.certs.Name;
import dev.credence.certs.issue.CheckedKey;
import dev.credence.certs.issue.IssuedCertificate;
import dev.credence.certs.issue.SvidTemplate;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Administrator;
import dev.credence.server.core.model.Administrator.Token;
import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.model.RevokedCertificate;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Administrators' SVIDs: the first by an enrolment token, which pins the key; further ones for
/// that key only. Redeeming is idempotent for (token, public key) until the token's expiry; every
/// other use of it is refused in the same words, the exact reason is in the event. Thread-safe.
public final class AdministratorCertificates {
  private static final String REDEEM = "redeem-enrollment-token";
  private static final String RENEW = "renew-administrator";

  private final Plumbing plumbing;
  private final CoreSettings settings;
  private final Issuer issuer;
  private final Issuance issuance;

  AdministratorCertificates(Plumbing plumbing, CoreSettings settings, Issuer issuer) {
    this.plumbing = plumbing;
    this.settings = settings;
    this.issuer = issuer;
    this.issuance = new Issuance(plumbing, issuer);
  }

  /// First contact. Errors: INVALID (CSR), NOT_ATTESTED, REQUEST_REUSED, UNAVAILABLE.
  ///
  /// @param secret 16 bytes
  /// @param csr PKCS#10 DER of the administrator's key
  public AdministratorSvid redeem(Actor actor, RequestId request, byte[] secret, byte[] csr)
      throws ServerException {
    return plumbing
        .refusals()
        .watch(actor, REDEEM, About.nothing(), () -> redeemed(actor, request, secret, csr));
  }

  private AdministratorSvid redeemed(Actor actor, RequestId request, byte[] secret, byte[] csr)
      throws ServerException {
    if (secret.length != JoinTokenSecret.LENGTH) {
      throw ServerException.hiding(
          Kind.NOT_ATTESTED,
          EnrollmentRedemption.REFUSED,
          Texts.format("secret of %d bytes (expected: 16)", secret.length));
    }
    var digest = JoinTokenSecret.of(secret).digest();
    // Strangers cost a look into the database; checking a signature is for who has a token.
    Administrator _ =
        plumbing
            .database()
            .read(view -> EnrollmentRedemption.find(view, digest, plumbing.database().now()));
    CheckedKey key = issuer.check(csr);
    var fingerprint =
        Fingerprint.of(REDEEM).bytes(digest.bytes()).bytes(key.spkiDigest().bytes()).digest();
    var call = new Call(actor, request, fingerprint);
    var decision = new EnrollmentRedemption(digest, key.spkiDigest());
    return issuance.run(
        call,
        new Certifying(
            call,
            key,
            EventKind.ADMINISTRATOR_ENROLLED,
            view -> decision.decide(view, plumbing.database().now())),
        SvidFormats.ADMINISTRATOR);
  }

  /// A new certificate for the key that is pinned. Errors: INVALID (CSR), REFUSED (another key; not
  /// active), REQUEST_REUSED, UNAVAILABLE.
  public AdministratorSvid renew(Actor.Administrator actor, RequestId request, byte[] csr)
      throws ServerException {
    return plumbing
        .refusals()
        .watch(
            actor,
            RENEW,
            About.nothing(),
            () -> {
              CheckedKey key = issuer.check(csr);
              var fingerprint = Fingerprint.of(RENEW).bytes(key.spkiDigest().bytes()).digest();
              var call = new Call(actor, request, fingerprint, Right.LOOK_AT_OWN);
              return issuance.run(
                  call,
                  new Certifying(
                      call, key, EventKind.ADMINISTRATOR_RENEWED, view -> same(view, actor, key)),
                  SvidFormats.ADMINISTRATOR);
            });
  }

  private static Administrator same(View view, Actor.Administrator actor, CheckedKey key)
      throws ServerException {
    Administrator administrator = Reach.active(view, actor);
    if (!administrator.key().map(Administrator.Key::digest).equals(Optional.of(key.spkiDigest()))) {
      throw new ServerException(
          Kind.REFUSED,
          Texts.format(
              "administrator %s: key %s is not the one that is pinned (expected: the same key, or a"
                  + " new enrolment token)",
              administrator.name(), key.spkiDigest()));
    }
    return administrator;
  }

  @FunctionalInterface
  private interface Decision {
    Administrator in(View view) throws ServerException;
  }

  /// What a certificate says and rests on; the rest of the record may change meanwhile.
  private record Basis(Id id, Name name, Duration ttl) {}

  private final class Certifying implements Certification<Basis, AdministratorSvid> {
    private final Call call;
    private final CheckedKey key;
    private final EventKind event;
    private final Decision decision;

    Certifying(Call call, CheckedKey key, EventKind event, Decision decision) {
      this.call = call;
      this.key = key;
      this.event = event;
      this.decision = decision;
    }

    @Override
    public Basis decide(View view) throws ServerException {
      Administrator administrator = decision.in(view);
      return new Basis(administrator.id(), administrator.name(), administrator.scope().svidTtl());
    }

    @Override
    public SvidTemplate template(Basis basis) {
      return new SvidTemplate.Administrator(
          new Identity.Administrator(basis.name).in(settings.trustDomain()), key, basis.ttl);
    }

    @Override
    public String holder(Basis basis) {
      return "administrator";
    }

    @Override
    public AdministratorSvid record(Transaction tx, Basis basis, IssuedCertificate certificate) {
      Instant now = plumbing.database().now();
      Administrator before = tx.administrators().find(basis.id).orElseThrow();
      withdrawOther(tx, before, now);
      var pinned = new Administrator.Key(key.spkiDigest(), certificate.notAfter());
      tx.administrators().update(before.certified(pinned, token(before)));
      tx.executions()
          .insert(
              new CertificateRecord(
                  certificate.serialHex(),
                  certificate.spkiDigest(),
                  CertificateRecord.Holder.administrator(),
                  certificate.notBefore(),
                  certificate.notAfter(),
                  Optional.of(certificate.authority())));
      Details details =
          Details.of("administrator", basis.name)
              .and("role", before.scope().role().label())
              .and("serial", certificate.serialHex())
              .and("key", certificate.spkiDigest())
              .and("not-after", certificate.notAfter());
      plumbing
          .journal()
          .append(tx, details.event(event, call.actor(), About.nothing(), call.request()), now);
      return new AdministratorSvid(basis.id, template(basis).id(), certificate.chain());
    }

    private Optional<Token> token(Administrator before) {
      return event == EventKind.ADMINISTRATOR_ENROLLED
          ? before
              .token()
              .map(
                  it -> new Token(it.secretDigest(), it.expiresAt(), Optional.of(key.spkiDigest())))
          : before.token();
    }

    // Another machine takes the place of the one before.
    private void withdrawOther(Transaction tx, Administrator before, Instant now) {
      if (before.key().filter(old -> !old.digest().equals(key.spkiDigest())).isPresent()) {
        withdraw(tx, before, now);
        new JoinTokensOf(before.name())
            .voided(
                tx,
                plumbing.journal(),
                new Occasion(call.actor(), call.request(), "", now),
                "another key");
      }
    }
  }

  /// What was issued for the administrator's key is on the CRL from now on.
  static void withdraw(Transaction tx, Administrator administrator, Instant now) {
    administrator
        .key()
        .ifPresent(key ->
            tx.revoked()
                .heldByNode(key.digest(), now)
                .forEach(held ->
                    tx.revoked().add(new RevokedCertificate(held.serial(), now, held.notAfter()))));
  }
}
