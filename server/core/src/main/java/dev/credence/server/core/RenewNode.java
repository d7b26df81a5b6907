package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.Identity;
import dev.credence.certs.Sha256;
import dev.credence.certs.issue.CheckedKey;
import dev.credence.certs.issue.IssuedCertificate;
import dev.credence.certs.issue.SvidTemplate;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/// A new certificate for a node, for the key that is pinned for it and no other. By the SVID that
/// it has, or, if it was away for longer than that lived, by the one that ran out. Thread-safe.
public final class RenewNode {
  /// How long after its end an SVID still brings a node back.
  public static final Duration RETURN_WITHIN = Duration.ofDays(7);

  private static final String OPERATION = "renew-node";

  private final Plumbing plumbing;
  private final CoreSettings settings;
  private final Issuer issuer;
  private final Issuance issuance;
  private final NodeRates rates;
  private final NodeRates returns;
  private final NodeCopies copies;

  RenewNode(Plumbing plumbing, CoreSettings settings, Issuer issuer, Guards guards) {
    this.plumbing = plumbing;
    this.settings = settings;
    this.issuer = issuer;
    this.rates = guards.rates();
    this.returns = guards.returns();
    this.copies = guards.copies();
    this.issuance = new Issuance(plumbing, issuer);
  }

  /// What is asked first.
  ///
  /// @param rates of nodes with a valid SVID
  /// @param returns of nodes without, which get no share of the others
  record Guards(NodeRates rates, NodeRates returns, NodeCopies copies) {}

  /// Errors: INVALID (CSR), REFUSED (another key; not active; away for too long), STALE (another
  /// start opened a stream since), EXHAUSTED, REQUEST_REUSED, UNAVAILABLE.
  ///
  /// @param node the caller, known by its SVID
  /// @param asked with which SVID, by which start
  public NodeSvid run(Id node, RequestId request, Asked asked, byte[] csr) throws ServerException {
    var actor = new Actor.Node(node);
    return plumbing
        .refusals()
        .watch(
            actor,
            OPERATION,
            About.node(node),
            () -> {
              admit(node, asked);
              requireNoCopy(node, asked);
              CheckedKey key = issuer.check(csr);
              var fingerprint =
                  Fingerprint.of(OPERATION)
                      .id(asked.startId)
                      .bytes(key.spkiDigest().bytes())
                      .digest();
              var renewal = new Renewal(node, asked, key, new Call(actor, request, fingerprint));
              return issuance.run(renewal.call, renewal, SvidFormats.NODE);
            });
  }

  /// A node's word, and what its connection shows.
  ///
  /// @param startId of this start of its daemon; before its first stream any will do
  /// @param serial of the SVID that it shows; empty: not known
  /// @param key digest of that SVID's key, which the caller holds; empty: not known
  /// @param returning set if that SVID has run out
  public record Asked(
      Id startId, Optional<String> serial, Optional<Sha256> key, Optional<Returning> returning) {
    /// With a valid SVID of whatever key.
    public Asked(Id startId, Optional<String> serial) {
      this(startId, serial, Optional.empty(), Optional.empty());
    }

    /// With an SVID that has run out.
    public Asked(Id startId, Optional<String> serial, Optional<Returning> returning) {
      this(startId, serial, returning.map(Returning::key), returning);
    }

    /// The same with that key.
    public Asked by(Sha256 shown) {
      return new Asked(startId, serial, Optional.of(shown), returning);
    }
  }

  /// An SVID that ran out.
  ///
  /// @param key digest of its key, which the caller holds
  /// @param notAfter when it did
  public record Returning(Sha256 key, Instant notAfter) {}

  private void admit(Id node, Asked asked) throws ServerException {
    if (asked.returning.isEmpty()) {
      rates.enter(node);
      return;
    }
    // By its key: whoever has an earlier one uses nothing of the owner's up.
    returns.enter(bucket(node, asked.returning.get().key()), node);
    Instant expired = asked.returning.get().notAfter();
    if (plumbing.database().now().isAfter(expired.plus(RETURN_WITHIN))) {
      throw new ServerException(
          Kind.REFUSED,
          Texts.format(
              "node %s: its SVID expired at %s (expected: at most %d days ago): it needs a new join"
                  + " token (credence node token create)",
              node, expired, RETURN_WITHIN.toDays()));
    }
  }

  private static Id bucket(Id node, Sha256 key) {
    byte[] both = ByteBuffer.allocate(48).put(node.bytes()).put(key.bytes()).array();
    return Id.fromBytes(Arrays.copyOf(Sha256.of(both).bytes(), 16));
  }

  /// Looked at first, and in a transaction of its own: what it finds must be written.
  private void requireNoCopy(Id id, Asked asked) throws ServerException {
    if (asked.serial.isEmpty() && asked.key.isEmpty()) {
      return;
    }
    boolean copied =
        plumbing.database().write(tx -> isCopied(tx, CallingNode.active(tx, id), asked));
    if (copied) {
      throw CallingNode.suspended(id);
    }
  }

  // The key first: whoever has an earlier one was replaced by somebody (x509pop), and refusing it
  // alone would leave that one in its place, unseen.
  private boolean isCopied(Transaction tx, Node node, Asked asked) throws ServerException {
    if (asked.key.isPresent() && copies.comesWith(tx, node, asked.key.get())) {
      return true;
    }
    Optional<String> serial = asked.serial;
    return serial.isPresent()
        && (copies.renews(tx, node, serial.get()) || copies.shows(tx, node, serial.get()));
  }

  private static void requirePinned(Node node, Sha256 key) throws ServerException {
    if (!node.key().equals(key)) {
      throw new ServerException(
          Kind.REFUSED,
          Texts.format(
              "node %s: key %s is not the one that is pinned for it (expected: %s)",
              node.id(), key, node.key()));
    }
  }

  private final class Renewal implements Certification<Id, NodeSvid> {
    private final Id caller;
    private final Asked asked;
    private final CheckedKey key;
    private final Call call;

    Renewal(Id caller, Asked asked, CheckedKey key, Call call) {
      this.caller = caller;
      this.asked = asked;
      this.key = key;
      this.call = call;
    }

    @Override
    public Id decide(View view) throws ServerException {
      Node node = CallingNode.active(view, caller);
      // Who returns has no stream; before the first one there is none either.
      if (asked.returning.isEmpty() && node.presence().startId().isPresent()) {
        node = CallingNode.current(view, caller, asked.startId);
      }
      requirePinned(node, asked.key.orElse(node.key()));
      requirePinned(node, key.spkiDigest());
      NodeCertificates.requireRoom(view, node.id(), plumbing.database().now());
      return node.id();
    }

    @Override
    public SvidTemplate template(Id node) {
      return new SvidTemplate.Node(
          new Identity.Node(node).in(settings.trustDomain()), key, settings.lifetimes().node());
    }

    @Override
    public String holder(Id node) {
      return "node";
    }

    @Override
    public NodeSvid record(Transaction tx, Id id, IssuedCertificate certificate) {
      Node node = tx.nodes().find(id).orElseThrow();
      tx.nodes().update(CallingNode.certified(node, certificate.notAfter()));
      asked.serial.ifPresent(from -> tx.nodeTraces().renewed(id, from, certificate.serialHex()));
      plumbing.journal().append(tx, event(id, certificate), plumbing.database().now());
      return NodeCertificates.record(tx, id, certificate, template(id).id());
    }

    private NewEvent event(Id id, IssuedCertificate certificate) {
      var details =
          Details.of("serial", certificate.serialHex())
              .and("key", certificate.spkiDigest())
              .and("not-after", certificate.notAfter());
      return asked
          .returning
          .map(away -> details.and("expired", away.notAfter()))
          .orElse(details)
          .event(
              asked.returning.isPresent() ? EventKind.NODE_RETURNED : EventKind.NODE_RENEWED,
              call.actor(),
              About.node(id),
              call.request());
    }
  }
}
