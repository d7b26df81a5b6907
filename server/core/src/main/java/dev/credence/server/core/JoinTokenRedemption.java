package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.certs.Sha256;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Administrator;
import dev.credence.server.core.model.AdministratorState;
import dev.credence.server.core.model.CertificateRecord;
import dev.credence.server.core.model.JoinTokenRecord;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.port.View;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/// Decides whether a join token is good for a key. Outwards all refusals read the same, so that
/// nobody learns from them.
///
/// @param secret digest of the secret that was shown
/// @param key digest of the public key that wants to be the node's
record JoinTokenRedemption(Sha256 secret, Sha256 key) {
  /// What everybody is told.
  static final String REFUSED = "join token refused";

  /// The token as it stands, if it may be redeemed (again) by this key.
  JoinTokenRecord decide(View view, Instant now) throws ServerException {
    JoinTokenRecord token = find(view, secret, now);
    if (token.redeemed().isPresent()) {
      requireSame(view, token.redeemed().get());
    } else {
      requireNewKey(view);
    }
    return token;
  }

  /// The token, if it is there, has not expired, and who made it still may.
  static JoinTokenRecord find(View view, Sha256 secret, Instant now) throws ServerException {
    JoinTokenRecord token =
        view.nodes().token(secret).orElseThrow(() -> refused(secret, "no such token"));
    if (!now.isBefore(token.expiresAt())) {
      throw refused(secret, Texts.format("expired at %s", token.expiresAt()));
    }
    if (token.redeemed().isEmpty()) {
      requireStanding(view, token);
    }
    return token;
  }

  /// It is worth what its maker's word is worth, until it is redeemed.
  private static void requireStanding(View view, JoinTokenRecord token) throws ServerException {
    String by = token.origin().by();
    Optional<Instant> voided = token.origin().voidedAt();
    if (voided.isPresent()) {
      throw refused(
          token.secretDigest(), Texts.format("void since %s, as all of %s", voided.get(), by));
    }
    Optional<Name> maker = Actor.Administrator.named(by);
    if (maker.isPresent() && !operates(view, maker.get())) {
      throw refused(token.secretDigest(), by + " made it, and is no operator any more");
    }
  }

  private static boolean operates(View view, Name name) {
    Optional<Administrator> maker = view.administrators().find(name);
    return maker.isPresent()
        && maker.get().state() == AdministratorState.ACTIVE
        && Right.OPERATE.isOf(maker.get().scope().role());
  }

  private void requireSame(View view, JoinTokenRecord.Redemption earlier) throws ServerException {
    if (!earlier.nodeKey().equals(key)) {
      throw refused(Texts.format("redeemed before by another key, for node %s", earlier.nodeId()));
    }
    Node node =
        view.nodes()
            .find(earlier.nodeId())
            .orElseThrow(() ->
                refused(Texts.format("redeemed for node %s, which is gone", earlier.nodeId())));
    if (node.state() != NodeState.ACTIVE) {
      throw refused(
          Texts.format("node %s is %s", node.id(), node.state().name().toLowerCase(Locale.ROOT)));
    }
    if (!node.key().equals(key)) {
      throw refused(Texts.format("node %s has another key by now", node.id()));
    }
  }

  private void requireNewKey(View view) throws ServerException {
    Optional<Node> pinned = view.nodes().byKey(key);
    if (pinned.isPresent()) {
      throw refused(Texts.format("the key is pinned for node %s", pinned.get().id()));
    }
    Optional<CertificateRecord> certified = view.executions().certificateOfKey(key);
    if (certified.isPresent()) {
      throw refused(
          Texts.format("the key was certified before, serial %s", certified.get().serial()));
    }
  }

  JoinTokenRecord redeemed(JoinTokenRecord token, Id node) {
    return new JoinTokenRecord(
        token.secretDigest(),
        token.labels(),
        token.expiresAt(),
        Optional.of(new JoinTokenRecord.Redemption(key, node)),
        token.origin());
  }

  private ServerException refused(String reason) {
    return refused(secret, reason);
  }

  private static ServerException refused(Sha256 secret, String reason) {
    return ServerException.hiding(
        Kind.NOT_ATTESTED,
        REFUSED,
        Texts.format("join token %s: %s", Labels.shortDigest(secret), reason));
  }
}
