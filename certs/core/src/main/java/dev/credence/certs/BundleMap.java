package dev.credence.certs;

import dev.credence.certs.JsonValue.Members;
import dev.credence.certs.JwtException.Reason;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A SPIFFE bundle map: bundles of several trust domains in one document (Trust Domain and Bundle,
 * section 5). Immutable. It is one state: either all of it is read, or nothing.
 */
public final class BundleMap {
  private static final String TRUST_DOMAINS = "trust_domains";
  private static final int MAX_TRUST_DOMAINS = 1_000;

  private final Map<TrustDomain, BundleDocument> bundles;

  private BundleMap(Map<TrustDomain, BundleDocument> bundles) {
    this.bundles = bundles;
  }

  /**
   * Reads a map.
   *
   * @throws JwtException TOO_LARGE; MALFORMED: not strict JSON (a name twice, too), no object
   *     {@code trust_domains}, a member that is no trust domain's name, or a bundle that is refused
   */
  public static BundleMap parse(byte[] json) throws JwtException {
    if (json.length > BundleDocument.MAX_LENGTH) {
      throw new JwtException(
          Reason.TOO_LARGE,
          "bundle map of "
              + json.length
              + " bytes (expected: at most "
              + BundleDocument.MAX_LENGTH
              + ")");
    }
    if (!(Members.parse(json).get(TRUST_DOMAINS).orElse(null) instanceof Members members)
        || members.values().size() > MAX_TRUST_DOMAINS) {
      throw new JwtException(
          Reason.MALFORMED,
          TRUST_DOMAINS + " (expected: an object of at most " + MAX_TRUST_DOMAINS + " members)");
    }
    Map<TrustDomain, BundleDocument> bundles = new LinkedHashMap<>();
    for (Map.Entry<String, JsonValue> member : members.values().entrySet()) {
      TrustDomain trustDomain = name(member.getKey());
      if (!(member.getValue() instanceof Members document)) {
        throw new JwtException(Reason.MALFORMED, trustDomain + " (expected: a bundle)");
      }
      bundles.put(trustDomain, BundleDocument.of(trustDomain, document));
    }
    return new BundleMap(bundles);
  }

  private static TrustDomain name(String text) throws JwtException {
    try {
      TrustDomain trustDomain = TrustDomain.parse(text);
      if (trustDomain.name().equals(text)) {
        return trustDomain;
      }
    } catch (IllegalArgumentException e) {
      throw new JwtException(Reason.MALFORMED, String.valueOf(e.getMessage()), e);
    }
    throw new JwtException(
        Reason.MALFORMED, Printable.quoted(text) + " (expected: a trust domain's name, no URI)");
  }

  /**
   * Writes a map. Refresh hints are the whole map's publisher's business, and are left out.
   *
   * @param bundles at most one of each trust domain
   * @throws IllegalArgumentException if there are two of one
   */
  public static String write(List<Member> bundles) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    for (Member bundle : bundles) {
      String name = bundle.x509.trustDomain().name();
      Members document = BundleJson.document(bundle.x509, bundle.jwt, bundle.sequence);
      if (members.put(name, document) != null) {
        throw new IllegalArgumentException(name + ": twice (expected: each trust domain once)");
      }
    }
    return new Members(Map.of(TRUST_DOMAINS, new Members(members))).write();
  }

  /**
   * What a map holds of one trust domain.
   *
   * @param x509 its X.509 authorities
   * @param jwt its JWT authorities
   * @param sequence rises with each change of them
   */
  public record Member(X509Bundle x509, JwtBundle jwt, long sequence) {
    /** Both must be of one trust domain. */
    public Member {
      if (!x509.trustDomain().equals(jwt.trustDomain())) {
        throw new IllegalArgumentException(
            jwt + " (expected: trust domain " + x509.trustDomain() + ")");
      }
    }
  }

  /** All of them, in the document's order. */
  public List<BundleDocument> bundles() {
    return List.copyOf(bundles.values());
  }

  /** That trust domain's: nobody else's may be used for it. */
  public Optional<BundleDocument> of(TrustDomain trustDomain) {
    return Optional.ofNullable(bundles.get(trustDomain));
  }

  @Override
  public String toString() {
    return "bundles of " + bundles.keySet();
  }
}
