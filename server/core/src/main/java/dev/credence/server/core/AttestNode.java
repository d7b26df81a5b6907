package dev.credence.server.core;

import dev.credence.attestors.AttestationException;
import dev.credence.attestors.NodeBinding;
import dev.credence.attestors.NodeProof;
import dev.credence.attestors.NodeVerifier;
import dev.credence.attestors.join.JoinTokenVerifier;
import dev.credence.certs.Id;
import dev.credence.certs.Identity;
import dev.credence.certs.Printable;
import dev.credence.certs.issue.CheckedKey;
import dev.credence.certs.issue.IssuedCertificate;
import dev.credence.certs.issue.SvidTemplate;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.EventKind;
import dev.credence.server.core.model.JoinTokenRecord;
import dev.credence.server.core.model.NewEvent;
import dev.credence.server.core.model.NewEvent.About;
import dev.credence.server.core.model.Node;
import dev.credence.server.core.model.NodeState;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.core.port.Transaction;
import dev.credence.server.core.port.View;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// First contact: turns evidence into a node with a certificate, and pins the node's key. Redeeming
/// a join token is idempotent for (token, public key) until its expiry; every other use of it is
/// refused in the same words, the exact reason is in the event. Thread-safe.
public final class AttestNode {
  private static final String OPERATION = "attest-node";
  private static final Duration JOIN_EVERY = Duration.ofMinutes(10);
  private static final int JOINS_AT_ONCE = 20;

  // While a node's SVID lives. What is left of NodeCertificates.MOST_VALID is for renewals.
  private static final int JOINS_IN_ONE_LIFE = 96;

  /// What a machine can do that joins again and again.
  static final String REMEDY = "a data_dir that is kept over restarts, or later again";

  private final Plumbing plumbing;
  private final CoreSettings settings;
  private final Issuer issuer;
  private final Issuance issuance;
  private final ForcedEnd forcedEnd;
  private final NodeRates joins;
  private final Map<String, NodeVerifier> verifiers;

  /// @param joins of one machine by its certificate
  AttestNode(
      Plumbing plumbing,
      CoreSettings settings,
      Issuer issuer,
      ForcedEnd forcedEnd,
      NodeRates joins) {
    this.forcedEnd = forcedEnd;
    this.joins = joins;
    this.plumbing = plumbing;
    this.settings = settings;
    this.issuer = issuer;
    this.issuance = new Issuance(plumbing, issuer);
    this.verifiers =
        Stream.concat(Stream.of(new JoinTokenVerifier()), settings.attestors().stream())
            .collect(Collectors.toUnmodifiableMap(NodeVerifier::name, Function.identity()));
  }

  /// How often one machine joins by its certificate: a disk that is empty at each start is for a
  /// few starts, not for ever. So seldom that who keeps to it never has
  /// [NodeCertificates#MOST_VALID] valid SVIDs.
  ///
  /// @param ttl of a node's SVID
  static NodeRates joins(Duration ttl, Clock clock) {
    long minutes = ttl.dividedBy(JOINS_IN_ONE_LIFE - JOINS_AT_ONCE - 1).toMinutes() + 1;
    Duration every = Duration.ofMinutes(Math.max(JOIN_EVERY.toMinutes(), minutes));
    return new NodeRates(
        new NodeRates.Rate(1, every, JOINS_AT_ONCE, "joins by its certificate", REMEDY), clock);
  }

  /// Errors: INVALID (attestor, CSR), NOT_ATTESTED, EXHAUSTED, REQUEST_REUSED, UNAVAILABLE.
  ///
  /// @param attestor name of the node attestor, "join_token"
  /// @param evidence the attestor's own bytes
  /// @param csr PKCS#10 DER of the node's key
  public NodeSvid run(Actor actor, RequestId request, String attestor, byte[] evidence, byte[] csr)
      throws ServerException {
    return run(actor, request, new Shown(attestor, evidence, AttestNode::noChallenge), csr);
  }

  /// What a stranger shows.
  public static final class Shown {
    private final String attestor;
    private final byte[] evidence;
    private final Asking asking;

    /// @param attestor name of the node attestor
    /// @param evidence the attestor's own bytes
    /// @param asking sends a challenge and waits for the answer
    public Shown(String attestor, byte[] evidence, Asking asking) {
      this.attestor = attestor;
      this.evidence = evidence.clone();
      this.asking = asking;
    }
  }

  /// A way to ask.
  @FunctionalInterface
  public interface Asking {
    /// As [NodeVerifier.Challenger#ask].
    byte[] ask(byte[] challenge) throws AttestationException;
  }

  /// The same for an attestor that asks back.
  public NodeSvid run(Actor actor, RequestId request, Shown shown, byte[] csr)
      throws ServerException {
    return plumbing
        .refusals()
        .watch(actor, OPERATION, About.nothing(), () -> attest(actor, request, shown, csr));
  }

  private NodeSvid attest(Actor actor, RequestId request, Shown shown, byte[] csr)
      throws ServerException {
    String attestor = shown.attestor;
    byte[] evidence = shown.evidence;
    NodeProof proof = verify(shown, csr);
    requireKnown(proof);
    CheckedKey key = issuer.check(csr);
    var call =
        new Call(
            actor,
            request,
            Fingerprint.of(OPERATION)
                .text(attestor)
                .bytes(evidence)
                .bytes(key.spkiDigest().bytes())
                .digest());
    return switch (proof) {
      case NodeProof.KnowsSecret known ->
          issuance.run(
              call,
              new Redemption(
                  new JoinTokenRedemption(known.digest(), key.spkiDigest()),
                  call,
                  key,
                  attestor,
                  plumbing.newId()),
              SvidFormats.NODE);
      case NodeProof.HoldsCertificate holder ->
          issuance.run(
              call,
              new PossessionAttestation(
                  new PossessionAttestation.Parts(plumbing, settings, forcedEnd, attestor),
                  holder,
                  call,
                  key),
              SvidFormats.NODE);
    };
  }

  /// Strangers cost a look into the database; checking a signature is for who has a token.
  private void requireKnown(NodeProof proof) throws ServerException {
    switch (proof) {
      case NodeProof.KnowsSecret known -> {
        JoinTokenRecord _ =
            plumbing
                .database()
                .read(view ->
                    JoinTokenRedemption.find(view, known.digest(), plumbing.database().now()));
      }
      case NodeProof.HoldsCertificate holder -> {
        Optional<Node> _ =
            plumbing.database().read(view -> PossessionAttestation.admitted(view, holder));
        // What anybody can show without the key uses nothing up: it was proved.
        joins.enter(PossessionAttestation.nodeId(holder));
      }
    }
  }

  private NodeProof verify(Shown shown, byte[] csr) throws ServerException {
    String attestor = shown.attestor;
    byte[] evidence = shown.evidence;
    NodeVerifier verifier = verifiers.get(attestor);
    if (verifier == null) {
      throw new ServerException(
          Kind.INVALID,
          Texts.format(
              "node attestor %s (expected: %s)",
              Printable.quoted(attestor),
              verifiers.keySet().stream().sorted().collect(Collectors.joining(", "))));
    }
    if (evidence.length > NodeVerifier.LONGEST_EVIDENCE) {
      throw new ServerException(
          Kind.INVALID,
          Texts.format(
              "evidence of %d bytes (expected: at most %d)",
              evidence.length, NodeVerifier.LONGEST_EVIDENCE));
    }
    try {
      return verifier.verify(evidence, new Bound(shown.asking, csr));
    } catch (AttestationException e) {
      String told =
          attestor.equals(JoinTokenVerifier.NAME)
              ? JoinTokenRedemption.REFUSED
              : PossessionAttestation.REFUSED;
      throw ServerException.hiding(Kind.NOT_ATTESTED, told, String.valueOf(e.getMessage()));
    }
  }

  /// Binds what is answered to this trust domain and to the request for the node's new key.
  private final class Bound implements NodeVerifier.Challenger {
    private final Asking asking;
    private final byte[] csr;

    Bound(Asking asking, byte[] csr) {
      this.asking = asking;
      this.csr = csr;
    }

    @Override
    public byte[] ask(byte[] challenge) throws AttestationException {
      return asking.ask(challenge);
    }

    @Override
    public byte[] binding() {
      return NodeBinding.of(settings.trustDomain(), csr);
    }
  }

  // The join token needs none; an attestor that does comes with the transport's.
  private static byte[] noChallenge(byte[] challenge) throws AttestationException {
    throw new AttestationException(
        Texts.format("challenge of %d bytes: nobody to ask", challenge.length));
  }

  /// @param again the token was redeemed by this key before: the node exists
  private record Basis(Id node, JoinTokenRecord token, boolean again) {}

  private final class Redemption implements Certification<Basis, NodeSvid> {
    private final JoinTokenRedemption token;
    private final Call call;
    private final CheckedKey key;
    private final String attestor;
    private final Id newNode;

    Redemption(JoinTokenRedemption token, Call call, CheckedKey key, String attestor, Id newNode) {
      this.token = token;
      this.call = call;
      this.key = key;
      this.attestor = attestor;
      this.newNode = newNode;
    }

    @Override
    public Basis decide(View view) throws ServerException {
      JoinTokenRecord record = token.decide(view, plumbing.database().now());
      if (record.redeemed().isPresent()) {
        NodeCertificates.requireRoom(
            view, record.redeemed().get().nodeId(), plumbing.database().now());
      }
      return record
          .redeemed()
          .map(earlier -> new Basis(earlier.nodeId(), record, true))
          .orElseGet(() -> new Basis(newNode, record, false));
    }

    @Override
    public SvidTemplate template(Basis basis) {
      return new SvidTemplate.Node(
          new Identity.Node(basis.node).in(settings.trustDomain()),
          key,
          settings.lifetimes().node());
    }

    @Override
    public String holder(Basis basis) {
      return "node";
    }

    @Override
    public NodeSvid record(Transaction tx, Basis basis, IssuedCertificate certificate) {
      Instant now = plumbing.database().now();
      if (basis.again) {
        Node node = tx.nodes().find(basis.node).orElseThrow();
        tx.nodes().update(CallingNode.certified(node, certificate.notAfter()));
      } else {
        tx.nodes().insert(newNode(basis, certificate, now));
        tx.nodes().update(token.redeemed(basis.token, basis.node));
      }
      plumbing.journal().append(tx, attested(basis, certificate), now);
      return NodeCertificates.record(tx, basis.node, certificate, template(basis).id());
    }

    private Node newNode(Basis basis, IssuedCertificate certificate, Instant now) {
      return new Node(
          basis.node,
          NodeState.ACTIVE,
          new Node.Origin(attestor, basis.token.labels(), now),
          key.spkiDigest(),
          new Node.Presence(Optional.empty(), "", "", certificate.notAfter(), now));
    }

    private NewEvent attested(Basis basis, IssuedCertificate certificate) {
      return Details.of("attestor", attestor)
          .and("token", Labels.shortDigest(basis.token.secretDigest()))
          .and("again", basis.again)
          .and("labels", String.join(" ", Labels.sorted(basis.token.labels())))
          .and("serial", certificate.serialHex())
          .and("key", certificate.spkiDigest())
          .and("not-after", certificate.notAfter())
          .event(EventKind.NODE_ATTESTED, call.actor(), About.node(basis.node), call.request());
    }
  }
}
