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

  RenewNode(Plumbing plumbing, CoreSettings settings, Issuer issuer, NodeRates rates) {
    this.plumbing = plumbing;
    this.settings = settings;
    this.issuer = issuer;
    this.rates = rates;
    this.issuance = new Issuance(plumbing, issuer);
  }

  /// Errors: INVALID (CSR), REFUSED (another key; not active), STALE (another start opened a stream
  /// since), REQUEST_REUSED, UNAVAILABLE.
  ///
  /// @param node the caller, known by its SVID
  /// @param startId of this start of its daemon; before its first stream any will do
  public NodeSvid run(Id node, RequestId request, Id startId, byte[] csr) throws ServerException {
    var actor = new Actor.Node(node);
    return plumbing
        .refusals()
        .watch(
            actor,
            OPERATION,
            About.node(node),
            () -> {
              rates.enter(node);
              CheckedKey key = issuer.check(csr);
              var fingerprint =
                  Fingerprint.of(OPERATION).id(startId).bytes(key.spkiDigest().bytes()).digest();
              var renewal = new Renewal(node, startId, key, new Call(actor, request, fingerprint));
              return issuance.run(renewal.call, renewal, SvidFormats.NODE);
            });
  }

  private final class Renewal implements Certification<Id, NodeSvid> {
    private final Id caller;
    private final Id startId;
    private final CheckedKey key;
    private final Call call;

    Renewal(Id caller, Id startId, CheckedKey key, Call call) {
      this.caller = caller;
      this.startId = startId;
      this.key = key;
      this.call = call;
    }

    @Override
    public Id decide(View view) throws ServerException {
      Node node = CallingNode.active(view, caller);
      Optional<Id> newest = node.presence().startId();
      if (newest.isPresent()) {
        node = CallingNode.current(view, caller, startId);
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
