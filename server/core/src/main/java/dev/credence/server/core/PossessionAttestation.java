package dev.credence.server.core;

import dev.credence.attestors.NodeProof;
import dev.credence.certs.Id;
import dev.credence.certs.Identity;
import dev.credence.certs.Sha256;
import dev.credence.certs.issue.CheckedKey;
import dev.credence.certs.issue.IssuedCertificate;
import dev.credence.certs.issue.SvidTemplate;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.NewEvent;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// A machine that proved possession of a certificate's key becomes a node, or the same node again:
/// its id is made from the certificate, so whoever was banned or evicted stays that, whatever key
/// it comes with. If it comes with another key than before, that key is pinned, and what hangs on
/// the old one is revoked: it lost its data folder, or two machines share a certificate, which is
/// noticed as a copied folder is.
final class PossessionAttestation implements Certification<PossessionAttestation.Basis, NodeSvid> {
  /// What everybody is told.
  static final String REFUSED = "node attestation refused";

  private static final String ID = "credence x509pop node";
  private static final int ID_BYTES = 16;

  private final Parts parts;
  private final NodeProof.HoldsCertificate proof;
  private final Call call;
  private final CheckedKey key;
  private final Id node;

  PossessionAttestation(Parts parts, NodeProof.HoldsCertificate proof, Call call, CheckedKey key) {
    this.parts = parts;
    this.proof = proof;
    this.call = call;
    this.key = key;
    this.node = nodeId(proof);
  }

  /// What it needs of the server.
  record Parts(Plumbing plumbing, CoreSettings settings, ForcedEnd forcedEnd, String attestor) {}

  /// @param known the node as it stands; empty: it was never here
  record Basis(Optional<Node> known) {}

  /// The same certificate is the same node, always.
  static Id nodeId(NodeProof.HoldsCertificate proof) {
    byte[] word = ID.getBytes(StandardCharsets.US_ASCII);
    byte[] signed = proof.signed().bytes();
    byte[] all = Arrays.copyOf(word, word.length + signed.length);
    System.arraycopy(signed, 0, all, word.length, signed.length);
    return Id.fromBytes(Arrays.copyOf(Sha256.of(all).bytes(), ID_BYTES));
  }

  /// The node, if it is known and in service.
  static Optional<Node> admitted(View view, NodeProof.HoldsCertificate proof)
      throws ServerException {
    Optional<Node> known = view.nodes().find(nodeId(proof));
    if (known.isPresent() && known.get().state() != NodeState.ACTIVE) {
      throw refused(
          proof.fingerprint(),
          Texts.format(
              "node %s is %s",
              known.get().id(), known.get().state().name().toLowerCase(Locale.ROOT)));
    }
    return known;
  }

  @Override
  public Basis decide(View view) throws ServerException {
    Optional<Node> known = admitted(view, proof);
    if (known.isEmpty() || !known.get().key().equals(key.spkiDigest())) {
      requireNewKey(view);
    }
    NodeCertificates.requireRoomToJoin(view, node, parts.plumbing.database().now());
    return new Basis(known);
  }

  private void requireNewKey(View view) throws ServerException {
    Sha256 digest = key.spkiDigest();
    if (view.nodes().byKey(digest).isPresent()
        || view.executions().certificateOfKey(digest).isPresent()) {
      throw refused(proof.fingerprint(), Texts.format("the key %s was certified before", digest));
    }
  }

  @Override
  public SvidTemplate template(Basis basis) {
    return new SvidTemplate.Node(
        new Identity.Node(node).in(parts.settings.trustDomain()),
        key,
        parts.settings.lifetimes().node());
  }

  @Override
  public String holder(Basis basis) {
    return "node";
  }

  @Override
  public NodeSvid record(Transaction tx, Basis basis, IssuedCertificate certificate) {
    Instant now = parts.plumbing.database().now();
    Optional<Node> before = basis.known;
    boolean otherKey = before.filter(known -> !known.key().equals(key.spkiDigest())).isPresent();
    if (otherKey) {
      parts.forcedEnd.node(tx, before.get());
    }
    Node after = after(before, certificate, now);
    if (before.isPresent()) {
      tx.nodes().update(after);
    } else {
      tx.nodes().insert(after);
    }
    parts.plumbing.journal().append(tx, event(certificate, before.isPresent(), otherKey), now);
    return NodeCertificates.record(tx, node, certificate, template(basis).id());
  }

  private Node after(Optional<Node> before, IssuedCertificate certificate, Instant now) {
    var origin = new Node.Origin(parts.attestor, Map.of(), now, proof.selectors());
    var presence =
        before
            .filter(known -> known.key().equals(key.spkiDigest()))
            .map(known -> CallingNode.certified(known, certificate.notAfter()).presence())
            // The daemon that had the old key has nothing more to ask, until it opens a stream:
            // then it shows.
            .orElse(new Node.Presence(Optional.empty(), "", "", certificate.notAfter(), now));
    return new Node(node, NodeState.ACTIVE, origin, key.spkiDigest(), presence);
  }

  private NewEvent event(IssuedCertificate certificate, boolean again, boolean otherKey) {
    List<String> selectors = proof.selectors().stream().map(Object::toString).sorted().toList();
    return Details.of("attestor", parts.attestor)
        .and("fingerprint", proof.fingerprint())
        .and("again", again)
        .and("key-replaced", otherKey)
        .and("selectors", selectors.stream().collect(Collectors.joining(" ")))
        .and("serial", certificate.serialHex())
        .and("key", certificate.spkiDigest())
        .and("not-after", certificate.notAfter())
        .event(EventKind.NODE_ATTESTED, call.actor(), About.node(node), call.request());
  }

  private static ServerException refused(Sha256 fingerprint, String reason) {
    return ServerException.hiding(
        Kind.NOT_ATTESTED,
        REFUSED,
        Texts.format("certificate with fingerprint %s: %s", fingerprint, reason));
  }
}
