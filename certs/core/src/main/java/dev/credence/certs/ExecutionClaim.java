package dev.credence.certs;

import dev.credence.certs.JsonValue.Members;
import dev.credence.certs.JsonValue.Numeral;
import dev.credence.certs.JsonValue.Text;
import dev.credence.certs.JwtException.Reason;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What a JWT-SVID says about the execution that it was issued for: the facts of the X.509 extension
 * in one claim, specified in docs/spec/execution-claim.md. Stateless.
 */
public final class ExecutionClaim {
  /** The claim's name. */
  public static final String NAME = "credence.dev/execution";

  private static final int MOST_DIGITS = 10;

  private static final Set<String> KNOWN =
      Set.of(
          "v",
          "owner",
          "agent",
          "execution",
          "parent",
          "workflow",
          "kind",
          "task",
          "delegator",
          "grant",
          "attestation",
          "code",
          "isolation",
          "depth");

  private ExecutionClaim() {}

  /** The claim's value. */
  public static Members write(ExecutionFacts facts) {
    Map<String, JsonValue> claim = new LinkedHashMap<>();
    claim.put("v", Numeral.of(facts.version()));
    put(claim, "owner", facts.ownerId());
    put(claim, "agent", facts.agentId());
    put(claim, "execution", facts.executionId());
    facts.parent().ifPresent(id -> put(claim, "parent", id));
    facts.workflow().ifPresent(id -> put(claim, "workflow", id));
    put(claim, "kind", facts.kind());
    facts.task().ifPresent(digest -> put(claim, "task", digest));
    facts.delegator().ifPresent(digest -> put(claim, "delegator", digest));
    facts.grant().ifPresent(digest -> put(claim, "grant", digest));
    put(claim, "attestation", facts.attestation());
    put(claim, "code", facts.code());
    put(claim, "isolation", facts.isolation());
    claim.put("depth", Numeral.of(facts.depth()));
    return new Members(claim);
  }

  private static void put(Map<String, JsonValue> claim, String name, Object value) {
    claim.put(name, new Text(value.toString()));
  }

  /**
   * Reads the claim among a token's claims; empty if it is not there.
   *
   * @throws JwtException with reason EXECUTION if it is malformed
   */
  public static Optional<ExecutionFacts> of(Members claims) throws JwtException {
    Optional<JsonValue> claim = claims.get(NAME);
    if (claim.isEmpty()) {
      return Optional.empty();
    }
    if (!(claim.get() instanceof Members members)) {
      throw new JwtException(Reason.EXECUTION, "claim " + NAME + " (expected: an object)");
    }
    try {
      return Optional.of(read(members));
    } catch (IllegalArgumentException e) {
      throw new JwtException(Reason.EXECUTION, "claim " + NAME + ": " + e.getMessage(), e);
    }
  }

  private static ExecutionFacts read(Members claim) {
    requireKnown(claim);
    ExecutionFacts.Builder facts =
        ExecutionFacts.builder()
            .ownerId(required(claim, "owner", Id::parse))
            .agentId(required(claim, "agent", Id::parse))
            .executionId(required(claim, "execution", Id::parse))
            .kind(required(claim, "kind", ExecutionKind::parse))
            .attested(
                required(claim, "attestation", Sha256::parseHex),
                required(claim, "code", CodeAssurance::parse),
                required(claim, "isolation", Isolation::parse))
            .depth((int) number(claim, "depth", ExecutionFacts.MAX_DEPTH));
    optional(claim, "parent", Id::parse).ifPresent(facts::parentId);
    optional(claim, "workflow", Id::parse).ifPresent(facts::workflow);
    optional(claim, "task", Sha256::parseHex).ifPresent(facts::taskDigest);
    optional(claim, "delegator", Sha256::parseHex).ifPresent(facts::delegator);
    optional(claim, "grant", Sha256::parseHex).ifPresent(facts::grant);
    return facts.build();
  }

  private static void requireKnown(Members claim) {
    if (!KNOWN.containsAll(claim.values().keySet())) {
      var unknown = new TreeSet<>(claim.values().keySet());
      unknown.removeAll(KNOWN);
      throw new IllegalArgumentException(
          "member " + Printable.quoted(unknown.first()) + " (expected: those of version 1)");
    }
    if (number(claim, "v", Integer.MAX_VALUE) != ExecutionFacts.VERSION) {
      throw new IllegalArgumentException("v (expected: " + ExecutionFacts.VERSION + ")");
    }
  }

  private static <T> T required(Members claim, String name, Function<String, T> parse) {
    return optional(claim, name, parse)
        .orElseThrow(() -> new IllegalArgumentException(name + " missing"));
  }

  private static <T> Optional<T> optional(Members claim, String name, Function<String, T> parse) {
    Optional<JsonValue> value = claim.get(name);
    if (value.isPresent() && !(value.get() instanceof Text)) {
      throw new IllegalArgumentException(name + " (expected: a text)");
    }
    return value.map(text -> parse.apply(((Text) text).value()));
  }

  /** 0, or up to ten digits that do not begin with 0. */
  private static boolean isWhole(String literal) {
    boolean whole =
        literal.length() <= MOST_DIGITS && (literal.equals("0") || !literal.startsWith("0"));
    for (int i = 0; whole && i < literal.length(); i++) {
      whole = literal.charAt(i) >= '0' && literal.charAt(i) <= '9';
    }
    return whole && !literal.isEmpty();
  }

  private static long number(Members claim, String name, int most) {
    if (claim.get(name).orElse(null) instanceof Numeral numeral
        && isWhole(numeral.literal())
        && Long.parseLong(numeral.literal()) <= most) {
      return Long.parseLong(numeral.literal());
    }
    throw new IllegalArgumentException(name + " (expected: a whole number up to " + most + ")");
  }
}
