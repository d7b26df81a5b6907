package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.issue.Authority;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.AuthorityKind;
import dev.credence.server.core.model.AuthorityRecord;
import dev.credence.server.core.model.AuthorityState;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.port.Transaction;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This server's authorities as they are found at its start: of each kind one is made if there is
/// none that signs or waits to, keys that may still sign something are taken up, and the others are
/// destroyed. A new one signs at once if no other server has authorities; otherwise it waits until
/// the nodes know it. Used once.
final class OwnAuthorities {
  private static final Logger LOG = LoggerFactory.getLogger(OwnAuthorities.class);

  /// Authorities in the bundle, of all servers.
  private static final int MOST_OF_ALL = 64;

  private final AuthoritySetup setup;
  private final TrustDomain trustDomain;
  private final Clock clock;
  private final Id server;
  private final List<HeldKey> made;

  private OwnAuthorities(
      AuthoritySetup setup, TrustDomain trustDomain, Clock clock, Id server, List<HeldKey> made) {
    this.setup = setup;
    this.trustDomain = trustDomain;
    this.clock = clock;
    this.server = server;
    this.made = made;
  }

  /// @param all what the database has
  /// @throws ServerException INVALID: the first one is not usable, the message says why
  static OwnAuthorities open(
      AuthoritySetup setup, TrustDomain trustDomain, Clock clock, List<AuthorityRecord> all)
      throws ServerException {
    Instant now = clock.instant();
    try {
      var first = setup.keys().first(trustDomain, now, setup.life());
      Id server = Authority.idOf(first);
      List<HeldKey> made = new ArrayList<>();
      for (AuthorityKind kind : AuthorityKind.values()) {
        List<AuthorityRecord> own =
            all.stream().filter(it -> it.server().equals(server) && it.kind() == kind).toList();
        if (own.stream().noneMatch(it -> isUsable(it, now))) {
          made.add(
              own.isEmpty()
                  ? firstOf(kind, setup, trustDomain, now)
                  : HeldKey.create(setup, kind, trustDomain, now));
        }
      }
      return new OwnAuthorities(setup, trustDomain, clock, server, List.copyOf(made));
    } catch (IOException e) {
      throw new ServerException(Kind.INVALID, String.valueOf(e.getMessage()), e);
    }
  }

  private static boolean isUsable(AuthorityRecord own, Instant now) {
    return own.state() == AuthorityState.ACTIVE
        || (own.state() == AuthorityState.PREPARED && own.material().notAfter().isAfter(now));
  }

  private static HeldKey firstOf(
      AuthorityKind kind, AuthoritySetup setup, TrustDomain trustDomain, Instant now)
      throws IOException {
    return switch (kind) {
      case X509 ->
          new HeldKey.X509(
              setup.keys().load(trustDomain, setup.keys().first(trustDomain, now, setup.life())));
      case JWT -> new HeldKey.Jwt(setup.keys().firstJwt(trustDomain, now, setup.life()));
    };
  }

  /// Id of this server: that of its first authority.
  Id server() {
    return server;
  }

  /// Makes the records that are missing: the keys were made just now, or before there were records.
  void record(Transaction tx, Journal journal) throws ServerException {
    for (HeldKey key : made) {
      if (tx.authorities().find(key.id()).isEmpty()) {
        record(tx, journal, key);
      }
    }
  }

  private void record(Transaction tx, Journal journal, HeldKey key) throws ServerException {
    List<AuthorityRecord> all = tx.authorities().all();
    requireRoom(all);
    boolean alone = all.stream().allMatch(it -> it.server().equals(server));
    boolean first = all.stream().noneMatch(it -> it.kind() == key.kind());
    Instant made = key.material().notBefore();
    var record =
        new AuthorityRecord(
            key.id(),
            server,
            key.kind(),
            alone && first ? AuthorityState.ACTIVE : AuthorityState.PREPARED,
            key.material(),
            all.isEmpty() || (alone && first)
                ? tx.authorities().bundleSequence()
                : tx.authorities().nextBundleSequence(),
            new AuthorityRecord.Times(made, made));
    tx.authorities().insert(record);
    journal.append(
        tx,
        Details.of("authority", record.id())
            .and("kind", record.kind().label())
            .and("state", record.state().label())
            .and("server", server)
            .and("key", key.digest())
            .and("not-after", record.material().notAfter())
            .event(EventKind.AUTHORITY_CREATED, new Actor.Server(), About.nothing()),
        clock.instant());
  }

  private static void requireRoom(List<AuthorityRecord> all) throws ServerException {
    long trusted = all.stream().filter(it -> it.state().isTrusted()).count();
    if (trusted >= MOST_OF_ALL) {
      throw new ServerException(
          Kind.EXHAUSTED,
          Texts.format(
              "%d authorities are in the bundle (expected: fewer than %d; revoke those of servers that are gone)",
              trusted, MOST_OF_ALL));
    }
  }

  /// The one that signs certificates.
  String active(Transaction tx) {
    return own(tx.authorities().all())
        .filter(it -> it.kind() == AuthorityKind.X509 && it.state() == AuthorityState.ACTIVE)
        .map(authority -> authority.id().toString())
        .findFirst()
        .orElse("");
  }

  private Stream<AuthorityRecord> own(List<AuthorityRecord> all) {
    return all.stream().filter(it -> it.server().equals(server));
  }

  /// What is trusted, with the keys that are needed.
  Trust trust(List<AuthorityRecord> all, StreamIndex streams) throws ServerException {
    var trust = new Trust(trustDomain, server, streams, clock::instant);
    for (AuthorityRecord authority : own(all).toList()) {
      takeUp(authority, trust);
    }
    return trust;
  }

  private void takeUp(AuthorityRecord authority, Trust trust) throws ServerException {
    try {
      if (authority.state().isTrusted()) {
        trust.hold(HeldKey.load(setup, trustDomain, authority));
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
}
