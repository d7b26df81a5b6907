package dev.credence.server.core;

import dev.credence.attestors.join.JoinToken;
import dev.credence.certs.Certificates;
import dev.credence.certs.Id;
import dev.credence.certs.JwtBundle;
import dev.credence.certs.Sha256;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.X509Bundle;
import dev.credence.certs.issue.Authority;
import dev.credence.certs.issue.JwtAuthority;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.AuthorityKind;
import dev.credence.server.core.model.AuthorityRecord;
import dev.credence.server.core.model.AuthorityState;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The authorities that the trust domain's certificates hang on, as of the last commit: a copy for
/// looking, replaced whole; streams are told. And the keys of those of this server that may sign.
/// Thread-safe.
public final class Trust {
  private static final Duration REFRESH_HINT = Duration.ofMinutes(5);
  private static final Duration SHORTEST_SPREAD = Duration.ofSeconds(2);
  private static final int RENEWALS_PER_SECOND = 1_000;

  private static final int MOST_PINS = JoinToken.MOST_PINS;

  private final TrustDomain trustDomain;
  private final Id server;
  private final StreamIndex streams;
  private final Supplier<Instant> now;
  private final Map<Id, HeldKey> held = new ConcurrentHashMap<>();
  private volatile Known known;

  /// @param version number of the newest event of that state: every change of an authority has one
  private record Known(
      Id epoch, long version, List<AuthorityRecord> authorities, TrustBundle bundle) {}

  /// @param server this server's id
  Trust(TrustDomain trustDomain, Id server, StreamIndex streams, Supplier<Instant> now) {
    this.trustDomain = trustDomain;
    this.server = server;
    this.streams = streams;
    this.now = now;
    this.known = new Known(new Id(0, 0), -1, List.of(), bundle(0, List.of(), 0));
  }

  TrustDomain trustDomain() {
    return trustDomain;
  }

  /// The newest bundle.
  public TrustBundle bundle() {
    return known.bundle;
  }

  /// Digests of the authorities' public keys: what a join token pins. Tainted ones are not among
  /// them. Where there are more than a token holds, those of this server come first, then those
  /// that sign.
  public List<Sha256> pins() {
    return known.authorities.stream()
        .filter(it -> it.kind() == AuthorityKind.X509 && it.state().isSound())
        .sorted(
            Comparator.comparing((AuthorityRecord it) -> !isOwn(it))
                .thenComparing(it -> it.state() != AuthorityState.ACTIVE && !isOwn(it)))
        .limit(MOST_PINS)
        .map(authority -> Certificates.spkiDigest(HeldKey.certificate(authority)))
        .toList();
  }

  /// Whose authorities this server signs with.
  Id server() {
    return server;
  }

  /// This server's own, in order of creation.
  List<AuthorityRecord> own() {
    return known.authorities.stream().filter(this::isOwn).toList();
  }

  private Stream<AuthorityRecord> own(AuthorityKind kind) {
    return known.authorities.stream().filter(it -> isOwn(it) && it.kind() == kind);
  }

  boolean isOwn(AuthorityRecord authority) {
    return authority.server().equals(server);
  }

  /// Makes a key usable.
  void hold(HeldKey key) {
    held.put(key.id(), key);
  }

  boolean holds(Id authority) {
    return held.containsKey(authority);
  }

  /// The one of that id, if this server has its key: for lists of revoked certificates.
  Optional<Authority> held(Id authority) {
    return held.get(authority) instanceof HeldKey.X509(Authority found)
        ? Optional.of(found)
        : Optional.empty();
  }

  /// Keys here of authorities that are not in the bundle any more.
  List<Id> heldInVain() {
    List<Id> trusted = own().stream().map(AuthorityRecord::id).toList();
    return held.keySet().stream().filter(id -> !trusted.contains(id)).toList();
  }

  /// Forgets a key.
  void drop(Id authority) {
    HeldKey dropped = held.remove(authority);
    if (dropped != null) {
      dropped.close();
    }
  }

  private Optional<HeldKey> active(AuthorityKind kind) {
    // For each certificate and token: no stream.
    for (AuthorityRecord authority : known.authorities) {
      boolean signs = authority.kind() == kind && authority.state() == AuthorityState.ACTIVE;
      HeldKey key = signs && isOwn(authority) ? held.get(authority.id()) : null;
      if (key != null) {
        return Optional.of(key);
      }
    }
    return Optional.empty();
  }

  /// The one that signs certificates.
  Authority signing() throws ServerException {
    if (active(AuthorityKind.X509).orElse(null) instanceof HeldKey.X509(Authority authority)) {
      return authority;
    }
    throw silent(AuthorityKind.X509);
  }

  /// The one that signs tokens.
  JwtAuthority signingJwt() throws ServerException {
    if (active(AuthorityKind.JWT).orElse(null) instanceof HeldKey.Jwt(JwtAuthority authority)) {
      return authority;
    }
    throw silent(AuthorityKind.JWT);
  }

  private ServerException silent(AuthorityKind kind) {
    return new ServerException(
        Kind.UNAVAILABLE,
        own(kind)
            .filter(authority -> authority.state() == AuthorityState.PREPARED)
            .findFirst()
            .map(authority ->
                Texts.format(
                    "%s authority %s of this server is not known to every node yet: it issues nothing before (another"
                        + " server does meanwhile; credence authority activate %s --dry-run names the nodes)",
                    kind.label(), authority.id(), authority.id()))
            .orElse(
                Texts.format(
                    "no %s authority of this server is active: nothing can be issued",
                    kind.label())));
  }

  /// The one that signs the server's own SVID: the oldest that is sound and valid, so that a node
  /// that was away while authorities changed still knows the server. A server that joined others
  /// has only one that is prepared yet: nodes that do not know it do not connect.
  ///
  /// @param leaving not this one
  Authority forServer(Optional<Id> leaving) throws ServerException {
    return Stream.of(AuthorityState.ACTIVE, AuthorityState.PREPARED)
        .flatMap(least -> own(AuthorityKind.X509).filter(it -> maySignForServer(it, least)))
        .filter(authority -> !leaving.equals(Optional.of(authority.id())))
        .flatMap(authority -> held(authority.id()).stream())
        .findFirst()
        .orElseThrow(() -> silent(AuthorityKind.X509));
  }

  private boolean maySignForServer(AuthorityRecord authority, AuthorityState least) {
    return authority.state() == least
        || (authority.state() == AuthorityState.OLD
            && authority.material().notAfter().isAfter(now.get().plus(Duration.ofDays(1))));
  }

  /// True if the state in the database allows what that authority signed for the server itself.
  static boolean allowsForServer(View view, Id authority) {
    return view.authorities().find(authority).filter(it -> it.state().isSound()).isPresent();
  }

  /// True if that authority signs, by the state in the database.
  static boolean signs(View view, Id authority) {
    return view.authorities()
        .find(authority)
        .filter(found -> found.state() == AuthorityState.ACTIVE)
        .isPresent();
  }

  /// What is in that state is published after the commit. The event of the change is written
  /// already.
  void publishAfter(Transaction tx) {
    Known next = read(tx);
    tx.afterCommit(() -> publish(next));
  }

  /// Publishes what is in the database.
  ///
  /// @return true: a read has an answer
  boolean reloaded(View view) {
    publish(read(view));
    return true;
  }

  /// What is older than what is known was read before it, and comes too late.
  private synchronized void publish(Known next) {
    boolean sameEpoch = next.epoch.equals(known.epoch);
    if (sameEpoch && next.version < known.version) {
      return;
    }
    boolean changed = !sameEpoch || next.bundle.sequence() != known.bundle.sequence();
    known = next;
    if (changed) {
      streams.all().forEach(stream -> stream.enqueueBundle(next.bundle));
    }
  }

  private Known read(View view) {
    List<AuthorityRecord> trusted =
        view.authorities().all().stream()
            .filter(authority -> authority.state().isTrusted())
            .toList();
    long live =
        trusted.stream()
            .filter(it -> it.state() == AuthorityState.TAINTED)
            .mapToLong(it -> view.authorities().countLive(it.id(), now.get()))
            .sum();
    return new Known(
        view.meta().epoch(),
        view.events().last(),
        trusted,
        bundle(view.authorities().bundleSequence(), trusted, live));
  }

  private TrustBundle bundle(long sequence, List<AuthorityRecord> trusted, long live) {
    return new TrustBundle(
        sequence,
        REFRESH_HINT,
        X509Bundle.of(
            trustDomain, of(trusted, AuthorityKind.X509).map(HeldKey::certificate).toList()),
        JwtBundle.of(
            trustDomain,
            of(trusted, AuthorityKind.JWT).map(it -> HeldKey.jwtKey(trustDomain, it)).toList()),
        taint(trusted, live));
  }

  private static Stream<AuthorityRecord> of(List<AuthorityRecord> all, AuthorityKind kind) {
    return all.stream().filter(it -> it.kind() == kind);
  }

  private static TrustBundle.Taint taint(List<AuthorityRecord> trusted, long live) {
    List<AuthorityRecord> tainted =
        trusted.stream().filter(it -> it.state() == AuthorityState.TAINTED).toList();
    return tainted.isEmpty()
        ? TrustBundle.Taint.none()
        : new TrustBundle.Taint(
            of(tainted, AuthorityKind.X509).map(HeldKey::certificate).toList(),
            of(tainted, AuthorityKind.JWT).map(it -> it.id().toString()).toList(),
            spread(live));
  }

  /// Over how long so many renewals are spread.
  static Duration spread(long live) {
    Duration spread = Duration.ofSeconds(live / RENEWALS_PER_SECOND);
    return spread.compareTo(SHORTEST_SPREAD) < 0 ? SHORTEST_SPREAD : spread;
  }
}
