package dev.credence.node;

import dev.credence.certs.Id;
import dev.credence.certs.JwtBundle;
import dev.credence.certs.JwtException;
import dev.credence.certs.JwtSvid;
import dev.credence.certs.JwtVerifier;
import dev.credence.node.CallException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The JWT-SVIDs of the executions on this node: each is asked for once, however many ask for it at
/// the same time, and handed out until half of its life is over; while the server is away, as long
/// as it is worth something. In memory only, and bounded. Thread-safe.
final class JwtTokens {
  /// A token with less to live is not handed out: it would expire on its way.
  static final Duration SHORTEST_REST = Duration.ofSeconds(10);

  private static final int MOST_EXECUTIONS = 4000;
  private static final Logger LOG = LoggerFactory.getLogger(JwtTokens.class);

  private final ExecutionCalls server;
  private final JwtTrust trust;
  private final JwtVerifier verifier;
  private final Seams seams;
  private final CallerLog log;

  // Guarded by this object. The one that was not asked for longest leaves first.
  private final Map<Id, ExecutionTokens> byExecution = new LinkedHashMap<>(16, 0.75f, true);

  JwtTokens(ExecutionCalls server, JwtTrust trust, JwtVerifier verifier, Seams seams) {
    this.server = server;
    this.trust = trust;
    this.verifier = verifier;
    this.seams = seams;
    this.log = new CallerLog(seams.clock());
  }

  /// A token of an identity for these audiences. Blocks for a round trip to the server.
  ///
  /// @throws CallException if there is none
  /// @throws RefusedException if the process asks for too many
  String of(HeldIdentity identity, List<String> audiences) throws CallException, RefusedException {
    ExecutionTokens tokens;
    synchronized (this) {
      tokens =
          byExecution.computeIfAbsent(
              identity.execution(), id -> new ExecutionTokens(seams, trust::losses));
      if (byExecution.size() > MOST_EXECUTIONS) {
        var eldest = byExecution.keySet().iterator();
        eldest.next();
        eldest.remove();
      }
    }
    try {
      return tokens.get(audiences, () -> fetch(identity, audiences));
    } catch (CallException e) {
      log.turn(identity.svid().id() + " " + e.kind())
          .ifPresent(leftOut ->
              LOG.atWarn()
                  .addKeyValue("reason", e.getMessage())
                  .addKeyValue("left_out", leftOut)
                  .log("no token"));
      throw e;
    }
  }

  private HeldToken fetch(HeldIdentity identity, List<String> audiences) throws CallException {
    long losses = trust.losses();
    String token = server.token(identity.execution(), audiences);
    JwtBundle bundle =
        trust
            .bundle()
            .orElseThrow(
                () -> new CallException(Kind.AWAY, "the JWT authorities are not known yet"));
    Instant now = seams.clock().instant();
    try {
      JwtSvid svid = verifier.verify(token, bundle, audiences.getFirst(), now);
      if (!svid.id().equals(identity.svid().id()) || !svid.audiences().equals(audiences)) {
        throw new CallException(
            Kind.UNUSABLE,
            Text.of(
                "the server issued a token of %s for %s (expected: %s, %s)",
                svid.id(), svid.audiences(), identity.svid().id(), audiences));
      }
      Duration half = HalfLife.of(Duration.between(now, svid.expiry()), seams.random());
      return new HeldToken(token, svid.expiry(), now.plus(half), losses);
    } catch (JwtException e) {
      throw new CallException(
          Kind.UNUSABLE, "the server issued something else: " + e.getMessage(), e);
    }
  }
}
