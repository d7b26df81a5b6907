package dev.credence.server.core;

import dev.credence.certs.Sha256;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Administrator;
import dev.credence.server.core.model.Administrator.Token;
import dev.credence.server.core.model.AdministratorState;
import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.port.View;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// Decides whether an enrolment token is good for a key. Outwards all refusals read the same, so
/// that nobody learns from them.
///
/// @param secret digest of the secret that was shown
/// @param key digest of the public key that wants to be the administrator's
record EnrollmentRedemption(Sha256 secret, Sha256 key) {
  /// What everybody is told.
  static final String REFUSED = "enrolment token refused";

  /// The administrator whose token it is, if this key may redeem it (again).
  Administrator decide(View view, Instant now) throws ServerException {
    Administrator administrator = find(view, secret, now);
    Optional<Sha256> earlier = administrator.token().flatMap(Token::redeemedBy);
    if (earlier.isPresent()) {
      if (!earlier.get().equals(key)) {
        throw refused("redeemed before by another key, for " + administrator.name());
      }
      return administrator;
    }
    requireNewKey(view);
    return administrator;
  }

  /// Whose token it is, if it is there and has not expired.
  static Administrator find(View view, Sha256 secret, Instant now) throws ServerException {
    Administrator administrator =
        view.administrators()
            .byToken(secret)
            .orElseThrow(() -> refused(secret, "no such token, or replaced by a newer one"));
    Instant expiresAt = administrator.token().orElseThrow().expiresAt();
    if (!now.isBefore(expiresAt)) {
      throw refused(secret, Texts.format("expired at %s", expiresAt));
    }
    if (administrator.state() != AdministratorState.ACTIVE) {
      throw refused(
          secret,
          Texts.format(
              "administrator %s is %s",
              administrator.name(), administrator.state().name().toLowerCase(Locale.ROOT)));
    }
    return administrator;
  }

  private void requireNewKey(View view) throws ServerException {
    Optional<Administrator> pinned = view.administrators().byKey(key);
    if (pinned.isPresent()) {
      throw refused("the key is pinned for administrator " + pinned.get().name());
    }
    Optional<Node> node = view.nodes().byKey(key);
    if (node.isPresent()) {
      throw refused("the key is pinned for node " + node.get().id());
    }
    Optional<CertificateRecord> certified = view.executions().certificateOfKey(key);
    if (certified.isPresent()) {
      throw refused("the key was certified before, serial " + certified.get().serial());
    }
  }

  private ServerException refused(String reason) {
    return refused(secret, reason);
  }

  private static ServerException refused(Sha256 secret, String reason) {
    return ServerException.hiding(
        Kind.NOT_ATTESTED,
        REFUSED,
        Texts.format("enrolment token %s: %s", Labels.shortDigest(secret), reason));
  }
}
