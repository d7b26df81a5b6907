package dev.credence.certs.issue;

import dev.credence.certs.Id;
import dev.credence.certs.JwtKey;
import dev.credence.certs.TrustDomain;
import java.io.IOException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Authorities that nothing is kept of, for tests and measurements: they are gone with the process.
/// Thread-safe.
public final class AuthoritiesInMemory implements AuthorityKeys {
  private final Authority first;
  private final Provider provider;
  private final SecureRandom random;
  private final Map<Id, Authority> all = new ConcurrentHashMap<>();
  private final Map<Id, JwtAuthority> allJwt = new ConcurrentHashMap<>();
  private @Nullable JwtAuthority firstJwt;

  /// Begins with this one.
  public AuthoritiesInMemory(Authority first, Provider provider, SecureRandom random) {
    this.first = first;
    this.provider = provider;
    this.random = random;
    all.put(first.id(), first);
  }

  @Override
  public X509Certificate first(TrustDomain trustDomain, Instant now, Duration life) {
    return first.certificate();
  }

  @Override
  public Authority create(TrustDomain trustDomain, Instant now, Duration life) {
    Authority made = Authority.selfSigned(trustDomain, provider, now, life, random);
    all.put(made.id(), made);
    return made;
  }

  @Override
  public Authority load(TrustDomain trustDomain, X509Certificate certificate) throws IOException {
    Id id = Authority.idOf(certificate);
    Authority found = all.get(id);
    if (found == null) {
      throw new IOException("authority " + id + ": no key in memory (expected: made here)");
    }
    return found;
  }

  @Override
  public synchronized JwtAuthority firstJwt(TrustDomain trustDomain, Instant now, Duration life) {
    if (firstJwt == null) {
      firstJwt = createJwt(trustDomain, now, life);
    }
    return firstJwt;
  }

  @Override
  public JwtAuthority createJwt(TrustDomain trustDomain, Instant now, Duration life) {
    JwtAuthority made = JwtAuthority.generate(trustDomain, provider, now, life, random);
    allJwt.put(made.id(), made);
    return made;
  }

  @Override
  public JwtAuthority loadJwt(TrustDomain trustDomain, JwtKey key, JwtAuthority.Life life)
      throws IOException {
    return allJwt.values().stream()
        .filter(each -> each.publicKey().equals(key))
        .findFirst()
        .orElseThrow(() ->
            new IOException(
                "JWT authority " + key.id() + ": no key in memory (expected: made here)"));
  }

  @Override
  public void destroy(Id id) {
    all.remove(id);
    allJwt.remove(id);
  }
}
