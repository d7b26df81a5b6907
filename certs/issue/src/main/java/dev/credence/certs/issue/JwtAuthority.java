package dev.credence.certs.issue;

import dev.credence.certs.ExecutionClaim;
import dev.credence.certs.Id;
import dev.credence.certs.JsonValue;
import dev.credence.certs.JsonValue.Elements;
import dev.credence.certs.JsonValue.Members;
import dev.credence.certs.JsonValue.Numeral;
import dev.credence.certs.JsonValue.Text;
import dev.credence.certs.JwtBundle;
import dev.credence.certs.JwtException;
import dev.credence.certs.JwtKey;
import dev.credence.certs.JwtSvid;
import dev.credence.certs.JwtVerifier;
import dev.credence.certs.PrivateKeys;
import dev.credence.certs.Sha256;
import dev.credence.certs.TrustDomain;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An authority that signs the JWT-SVIDs of one trust domain, with ES256. Thread-safe; the key
/// never leaves it. What it signed is read and verified as a stranger would, before it leaves.
public final class JwtAuthority implements AutoCloseable {
  private static final String ALGORITHM = "SHA256withECDSAinP1363Format";

  private final TrustDomain trustDomain;
  private final Life life;
  private final Provider provider;
  private final Id id;
  private final JwtKey publicKey;
  private final JwtBundle bundle;
  private final JwtVerifier verifier;
  private final String header;
  private volatile @Nullable PrivateKey key;

  /// When an authority may sign, and what it signs is valid; whole seconds.
  public record Life(Instant notBefore, Instant notAfter) {
    /// True if it may sign at that time.
    public boolean includes(Instant now) {
      return !now.isBefore(notBefore) && now.isBefore(notAfter);
    }

    static Life from(Instant now, Duration life) {
      Instant second = now.truncatedTo(ChronoUnit.SECONDS);
      return new Life(
          second.minus(Particulars.BACK_DATED), second.plus(life.truncatedTo(ChronoUnit.SECONDS)));
    }
  }

  private JwtAuthority(TrustDomain trustDomain, KeyPair keys, Life life, Provider provider) {
    this.trustDomain = trustDomain;
    this.life = life;
    this.provider = provider;
    this.key = keys.getPrivate();
    this.id = AuthorityCertificate.idOf(keys.getPublic());
    this.publicKey = JwtKey.of(id.toString(), ownObject(keys.getPublic(), provider));
    this.bundle = JwtBundle.of(trustDomain, List.of(publicKey));
    this.verifier = new JwtVerifier(provider);
    this.header = base64Url("{\"alg\":\"ES256\",\"kid\":\"" + id + "\",\"typ\":\"JWT\"}");
  }

  /// A provider is fastest with its own key objects.
  private static PublicKey ownObject(PublicKey key, Provider provider) {
    try {
      return KeyFactory.getInstance("EC", provider)
          .generatePublic(new X509EncodedKeySpec(key.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "provider " + provider.getName() + " does not take the authority's key", e);
    }
  }

  /// A new authority with a new key on P-256.
  ///
  /// @param provider makes the key and all signatures
  /// @param now the time of its making; it is valid from 30 seconds before
  /// @param life how long from now it is valid
  public static JwtAuthority generate(
      TrustDomain trustDomain, Provider provider, Instant now, Duration life, SecureRandom random) {
    return of(
        trustDomain, PrivateKeys.generateP256(provider, random), Life.from(now, life), provider);
  }

  /// An authority of a key that exists.
  ///
  /// @throws IllegalArgumentException if the key is not on P-256
  static JwtAuthority of(TrustDomain trustDomain, KeyPair keys, Life life, Provider provider) {
    var authority = new JwtAuthority(trustDomain, keys, life, provider);
    if (!authority.publicKey.toJwk().get("crv").equals(Optional.of(new Text("P-256")))) {
      throw new IllegalArgumentException("JWT authority: key of another kind (expected: P-256)");
    }
    return authority;
  }

  /// Issues a JWT-SVID: writes, signs, reads back and verifies it.
  ///
  /// @throws IllegalArgumentException if the template is of another trust domain
  /// @throws IllegalStateException if the authority is closed, or was not valid all the time that
  ///   the token is to be, or if what was signed is not exactly what was asked for; then nothing
  ///   leaves
  public IssuedJwt issue(JwtTemplate template) {
    if (!template.id().memberOf(trustDomain)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "token for %s (expected: trust domain %s)", template.id(), trustDomain));
    }
    JwtTemplate.Period period = template.period();
    if (!life.includes(period.issuedAt()) || period.expiry().isAfter(life.notAfter)) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "token from %s to %s (expected: within the authority's life, %s to %s)",
              period.issuedAt(),
              period.expiry(),
              life.notBefore,
              life.notAfter));
    }
    Members claims = claims(template);
    String token = signed(header + "." + base64Url(claims.write()));
    return new IssuedJwt(token, read(token, template, claims));
  }

  private static Members claims(JwtTemplate template) {
    Map<String, JsonValue> claims = new LinkedHashMap<>();
    claims.put("sub", new Text(template.id().toString()));
    claims.put("aud", Elements.ofTexts(template.audiences()));
    claims.put("exp", Numeral.of(template.period().expiry().getEpochSecond()));
    claims.put("iat", Numeral.of(template.period().issuedAt().getEpochSecond()));
    claims.put("jti", new Text(template.tokenId().toString()));
    claims.put(ExecutionClaim.NAME, ExecutionClaim.write(template.execution()));
    return new Members(claims);
  }

  private String signed(String content) {
    PrivateKey signing = key;
    if (signing == null) {
      throw new IllegalStateException("JWT authority " + id + " is closed");
    }
    try {
      Signature signature = Signature.getInstance(ALGORITHM, provider);
      signature.initSign(signing);
      signature.update(content.getBytes(StandardCharsets.US_ASCII));
      return content + "." + base64Url(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JWT authority's key does not sign", e);
    }
  }

  /// As whoever gets the token will.
  private JwtSvid read(String token, JwtTemplate template, Members claims) {
    try {
      JwtSvid svid =
          verifier.verify(
              token, bundle, template.audiences().getFirst(), template.period().issuedAt());
      boolean same =
          svid.claims().equals(claims)
              && svid.id().equals(template.id())
              && svid.audiences().equals(template.audiences())
              && svid.expiry().equals(template.period().expiry())
              && svid.execution().equals(Optional.of(template.execution()));
      if (!same) {
        throw new IllegalStateException("issued token: does not say what was asked for");
      }
      return svid;
    } catch (JwtException e) {
      throw new IllegalStateException("issued token: " + e.getMessage(), e);
    }
  }

  private static String base64Url(String text) {
    return base64Url(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String base64Url(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /// The authority's id, which tokens name it by: the first 128 bits of its key's digest.
  public Id id() {
    return id;
  }

  /// The trust domain that it signs for.
  public TrustDomain trustDomain() {
    return trustDomain;
  }

  /// The public key under its id, as the bundle has it.
  public JwtKey publicKey() {
    return publicKey;
  }

  /// SHA-256 of the SubjectPublicKeyInfo.
  public Sha256 digest() {
    return Sha256.of(publicKey.key().getEncoded());
  }

  /// When it may sign.
  public Life life() {
    return life;
  }

  /// Forgets the key; nothing is issued any more.
  @Override
  public void close() {
    key = null;
  }

  @Override
  public String toString() {
    return "JWT authority " + id + " of " + trustDomain;
  }
}
