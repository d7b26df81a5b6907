package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.Printable;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.AuthorityRecord;
import dev.credence.server.core.model.AuthorityState;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the use cases of authorities share. Thread-safe.
record AuthorityParts(
    Plumbing plumbing,
    Trust trust,
    AuthoritySetup setup,
    ServerIdentity identity,
    Acknowledgements acknowledgements,
    ServerPresence presence) {
  private static final Logger LOG = LoggerFactory.getLogger(AuthorityParts.class);
  private static final int SHOWN = 5;
  private static final int LONGEST_REASON = 1024;

  /// Checks what an administrator gives as the reason.
  static void checkReason(String reason) throws ServerException {
    var problems = new Problems();
    problems.text("reason", reason, LONGEST_REASON);
    problems.throwIfAny();
  }

  /// One of those that ever were.
  AuthorityRecord find(View view, Id id) throws ServerException {
    return view.authorities()
        .find(id)
        .orElseThrow(() ->
            new ServerException(
                Kind.NOT_FOUND,
                Texts.format("authority %s: not found", Printable.quoted(id.toString()))));
  }

  /// Passes if it is this server's: only it has the key.
  void requireOwn(AuthorityRecord found) throws ServerException {
    if (!trust.isOwn(found)) {
      throw new ServerException(
          Kind.BLOCKED,
          Texts.format(
              "authority %s: its key is server %s's (expected: asked there)",
              found.id(), found.server()));
    }
  }

  /// True if it signs, or will, and its server does not run: nobody can let another one of that
  /// server take its place.
  boolean isOrphaned(View view, AuthorityRecord record) {
    return !presence.runs(view, record.server(), plumbing.database().now());
  }

  /// Follows what another server decided about this one's authorities.
  void follow() {
    trust.heldInVain().forEach(this::destroyKey);
    identity.renewIfDue();
  }

  AuthorityView shown(View view, AuthorityRecord authority) {
    Instant now = plumbing.database().now();
    return new AuthorityView(
        authority,
        view.authorities().countLive(authority.id(), now),
        presence.runs(view, authority.server(), now));
  }

  Optional<AuthorityRecord> active(View view, AuthorityRecord of) {
    return view.authorities().all().stream()
        .filter(other -> other.state() == AuthorityState.ACTIVE)
        .filter(other -> other.server().equals(of.server()) && other.kind() == of.kind())
        .findFirst();
  }

  /// Writes a new state.
  AuthorityRecord become(Transaction tx, AuthorityRecord authority, AuthorityState state) {
    AuthorityRecord next = authority.become(state, plumbing.database().now());
    tx.authorities().update(next);
    return next;
  }

  /// The beginning of an event about a change of state.
  static Details details(AuthorityRecord authority, AuthorityState after) {
    return Details.of("authority", authority.id())
        .and("kind", authority.kind().label())
        .and("old-state", authority.state().label())
        .and("new-state", after.label());
  }

  /// Destroys a key that never signs again. What fails now is done at the next start.
  void destroyKey(Id authority) {
    trust.drop(authority);
    try {
      setup.keys().destroy(authority);
    } catch (IOException e) {
      LOG.atError()
          .setCause(e)
          .addKeyValue("authority", authority)
          .log("the key of an authority that signs no more is still there");
    }
  }

  static String some(List<?> all) {
    String shown =
        all.stream().limit(SHOWN).map(Object::toString).collect(Collectors.joining(", "));
    return all.size() > SHOWN ? Texts.format("%s and %d more", shown, all.size() - SHOWN) : shown;
  }
}
