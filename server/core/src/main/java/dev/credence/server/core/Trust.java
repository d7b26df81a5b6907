package dev.credence.server.core;

import dev.credence.certs.Certificates;
import dev.credence.certs.Id;
import dev.credence.certs.Sha256;
import dev.credence.certs.SvidException;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.X509Bundle;
import dev.credence.certs.issue.Authority;
import dev.credence.certs.issue.JwtAuthorities;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.AuthorityRecord;
import dev.credence.server.core.model.AuthorityState;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// The authorities that the trust domain's certificates hang on, as of the last commit: a copy for
/// looking, replaced whole; streams are told. And the keys of those of this server that may sign.
/// Thread-safe.
public final class Trust {
  private static final Duration REFRESH_HINT = Duration.ofMinutes(5);
  private static final Duration SHORTEST_SPREAD = Duration.ofSeconds(2);
  private static final int RENEWALS_PER_SECOND = 1_000;

  private final TrustDomain trustDomain;
  private final Id server;
  private final StreamIndex streams;
  private final Supplier<Instant> now;
  private final JwtAuthorities jwt;
  private final Map<Id, Authority> signers = new ConcurrentHashMap<>();
  private volatile Known known;

  private record Known(List<AuthorityRecord> authorities, TrustBundle bundle) {}

  /// @param server id of this server's first authority
  Trust(
      TrustDomain trustDomain,
      Id server,
      StreamIndex streams,
      Supplier<Instant> now,
      JwtAuthorities jwt) {
    this.trustDomain = trustDomain;
    this.server = server;
    this.streams = streams;
    this.now = now;
    this.jwt = jwt;
    this.known =
        new Known(
            List.of(),
            new TrustBundle(
                0,
                REFRESH_HINT,
                X509Bundle.of(trustDomain, List.of()),
                jwt.trusted(),
                TrustBundle.Taint.none()));
  }

  /// The newest bundle.
  public TrustBundle bundle() {
    return known.bundle;
  }

  /// Digests of the authorities' public keys: what a join token pins. Tainted ones are not among
  /// them.
  public List<Sha256> pins() {
    return known.authorities.stream()
        .filter(authority -> authority.state().isSound())
        .map(authority -> Certificates.spkiDigest(certificate(authority)))
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

  boolean isOwn(AuthorityRecord authority) {
    return authority.server().equals(server);
  }

  /// Makes a key usable.
  void hold(Authority authority) {
    signers.put(authority.id(), authority);
  }

  boolean holds(Id authority) {
    return signers.containsKey(authority);
  }

  /// The one of that id, if this server has its key.
  Optional<Authority> held(Id authority) {
    return Optional.ofNullable(signers.get(authority));
  }

  /// Forgets a key.
  void drop(Id authority) {
    Authority dropped = signers.remove(authority);
    if (dropped != null) {
      dropped.close();
    }
  }

  /// The one that signs.
  Authority signing() throws ServerException {
    return own().stream()
        .filter(authority -> authority.state() == AuthorityState.ACTIVE)
        .flatMap(authority -> Optional.ofNullable(signers.get(authority.id())).stream())
        .findFirst()
        .orElseThrow(() ->
            new ServerException(Kind.UNAVAILABLE, "no authority is active: nothing can be issued"));
  }

  /// The one that signs the server's own SVID: the oldest that is sound and valid, so that a node
  /// that was away while authorities changed still knows the server.
  ///
  /// @param leaving not this one
  Authority forServer(Optional<Id> leaving) throws ServerException {
    Optional<Authority> oldest =
        own().stream()
            .filter(this::maySignForServer)
            .filter(authority -> !leaving.equals(Optional.of(authority.id())))
            .flatMap(authority -> Optional.ofNullable(signers.get(authority.id())).stream())
            .findFirst();
    return oldest.isPresent() ? oldest.get() : signing();
  }

  private boolean maySignForServer(AuthorityRecord authority) {
    return authority.state() == AuthorityState.ACTIVE
        || (authority.state() == AuthorityState.OLD
            && authority.material().notAfter().isAfter(now.get().plus(Duration.ofDays(1))));
  }

  /// True if the state in the database allows what that authority signed for the server itself.
  static boolean allowsForServer(View view, Id authority) {
    return view.authorities()
        .find(authority)
        .filter(
            found -> found.state() == AuthorityState.ACTIVE || found.state() == AuthorityState.OLD)
        .isPresent();
  }

  /// True if that authority signs, by the state in the database.
  static boolean signs(View view, Id authority) {
    return view.authorities()
        .find(authority)
        .filter(found -> found.state() == AuthorityState.ACTIVE)
        .isPresent();
  }

  /// What is in that state is published after the commit.
  void publishAfter(Transaction tx) {
    Known next = read(tx);
    tx.afterCommit(() -> publish(next));
  }

  /// Publishes what is in the database.
  void reload(View view) {
    publish(read(view));
  }

  /// What is older than what is known was read before it, and comes too late.
  private synchronized void publish(Known next) {
    if (next.bundle.sequence() < known.bundle.sequence()) {
      return;
    }
    boolean changed = next.bundle.sequence() != known.bundle.sequence();
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
    var bundle =
        new TrustBundle(
            view.authorities().bundleSequence(),
            REFRESH_HINT,
            X509Bundle.of(trustDomain, trusted.stream().map(Trust::certificate).toList()),
            jwt.trusted(),
            taint(view, trusted));
    return new Known(trusted, bundle);
  }

  private TrustBundle.Taint taint(View view, List<AuthorityRecord> trusted) {
    List<AuthorityRecord> tainted =
        trusted.stream().filter(it -> it.state() == AuthorityState.TAINTED).toList();
    long live =
        tainted.stream().mapToLong(it -> view.authorities().countLive(it.id(), now.get())).sum();
    return tainted.isEmpty()
        ? TrustBundle.Taint.none()
        : new TrustBundle.Taint(tainted.stream().map(Trust::certificate).toList(), spread(live));
  }

  /// Over how long so many renewals are spread.
  static Duration spread(long live) {
    Duration spread = Duration.ofSeconds(live / RENEWALS_PER_SECOND);
    return spread.compareTo(SHORTEST_SPREAD) < 0 ? SHORTEST_SPREAD : spread;
  }

  /// The certificate of what is stored.
  static X509Certificate certificate(AuthorityRecord authority) {
    try {
      return Certificates.parsePem(authority.material().pem()).getFirst();
    } catch (SvidException e) {
      throw new IllegalStateException(
          Texts.format("authority %s: stored certificate is not readable", authority.id()), e);
    }
  }
}
