package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.certs.Identity;
import dev.credence.certs.issue.CheckedKey;
import dev.credence.certs.issue.IssuedCertificate;
import dev.credence.certs.issue.SvidTemplate;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.util.Optional;

/// A new certificate for a node, for the key that is pinned for it and no other. Thread-safe.
public final class RenewNode {
  private static final String OPERATION = "renew-node";

  private final Plumbing plumbing;
  private final CoreSettings settings;
  private final Issuer issuer;
  private final Issuance issuance;
  private final NodeRates rates;
  private final NodeCopies copies;

  RenewNode(
      Plumbing plumbing, CoreSettings settings, Issuer issuer, NodeRates rates, NodeCopies copies) {
    this.plumbing = plumbing;
    this.settings = settings;
    this.issuer = issuer;
    this.rates = rates;
    this.copies = copies;
    this.issuance = new Issuance(plumbing, issuer);
  }

  /// Errors: INVALID (CSR), REFUSED (another key; not active), STALE (another start opened a stream
  /// since), REQUEST_REUSED, UNAVAILABLE.
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
              rates.enter(node);
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
  public record Asked(Id startId, Optional<String> serial) {}

  /// Looked at first, and in a transaction of its own: what it finds must be written.
  private void requireNoCopy(Id id, Asked asked) throws ServerException {
    if (asked.serial.isEmpty()) {
      return;
    }
    boolean copied =
        plumbing
            .database()
            .write(tx -> copies.renews(tx, CallingNode.active(tx, id), asked.serial.get()));
    if (copied) {
      throw new ServerException(
          Kind.REFUSED, Texts.format("node %s: suspended (expected: active)", id));
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
      Optional<Id> newest = node.presence().startId();
      if (newest.isPresent()) {
        node = CallingNode.current(view, caller, asked.startId);
      }
      if (!node.key().equals(key.spkiDigest())) {
        throw new ServerException(
            Kind.REFUSED,
            Texts.format(
                "node %s: key %s is not the one that is pinned for it (expected: %s)",
                caller, key.spkiDigest(), node.key()));
      }
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
      plumbing
          .journal()
          .append(
              tx,
              Details.of("serial", certificate.serialHex())
                  .and("key", certificate.spkiDigest())
                  .and("not-after", certificate.notAfter())
                  .event(EventKind.NODE_RENEWED, call.actor(), About.node(id), call.request()),
              plumbing.database().now());
      return NodeCertificates.record(tx, id, certificate, template(id).id());
    }
  }
}
