package dev.credence.server.core;

import dev.credence.certs.Certificates;
import dev.credence.certs.Id;
import dev.credence.certs.JwtBundle;
import dev.credence.certs.JwtException;
import dev.credence.certs.JwtKey;
import dev.credence.certs.Sha256;
import dev.credence.certs.SvidException;
import dev.credence.certs.TrustDomain;
import dev.credence.certs.issue.Authority;
import dev.credence.certs.issue.JwtAuthority;
import dev.credence.server.core.model.AuthorityKind;
import dev.credence.server.core.model.AuthorityRecord;
import dev.credence.server.core.model.AuthorityRecord.Material;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/// An authority whose key is in this server's memory, of either kind, and how it is made, loaded
/// and written down.
sealed interface HeldKey {

  Id id();

  AuthorityKind kind();

  /// Of its public key.
  Sha256 digest();

  Material material();

  /// Forgets the key.
  void close();

  /// Signs certificates.
  record X509(Authority authority) implements HeldKey {
    @Override
    public Id id() {
      return authority.id();
    }

    @Override
    public AuthorityKind kind() {
      return AuthorityKind.X509;
    }

    @Override
    public Sha256 digest() {
      return authority.pin();
    }

    @Override
    public Material material() {
      return of(authority.certificate());
    }

    @Override
    public void close() {
      authority.close();
    }
  }

  /// Signs tokens.
  record Jwt(JwtAuthority authority) implements HeldKey {
    @Override
    public Id id() {
      return authority.id();
    }

    @Override
    public AuthorityKind kind() {
      return AuthorityKind.JWT;
    }

    @Override
    public Sha256 digest() {
      return authority.digest();
    }

    @Override
    public Material material() {
      return new Material(
          authority.publicKey().toJwk().write(),
          authority.life().notBefore(),
          authority.life().notAfter());
    }

    @Override
    public void close() {
      authority.close();
    }
  }

  /// A new one, whose key is kept durably before this returns.
  static HeldKey create(
      AuthoritySetup setup, AuthorityKind kind, TrustDomain trustDomain, Instant now)
      throws IOException {
    return switch (kind) {
      case X509 -> new X509(setup.keys().create(trustDomain, now, setup.life()));
      case JWT -> new Jwt(setup.keys().createJwt(trustDomain, now, setup.life()));
    };
  }

  /// That of a record.
  ///
  /// @throws IOException if its key is not here
  static HeldKey load(AuthoritySetup setup, TrustDomain trustDomain, AuthorityRecord record)
      throws IOException {
    return switch (record.kind()) {
      case X509 -> new X509(setup.keys().load(trustDomain, certificate(record)));
      case JWT -> {
        var life =
            new JwtAuthority.Life(record.material().notBefore(), record.material().notAfter());
        yield new Jwt(setup.keys().loadJwt(trustDomain, jwtKey(trustDomain, record), life));
      }
    };
  }

  static Material of(X509Certificate certificate) {
    return new Material(
        Certificates.toPem(List.of(certificate)),
        certificate.getNotBefore().toInstant(),
        certificate.getNotAfter().toInstant());
  }

  /// The certificate of what is stored.
  static X509Certificate certificate(AuthorityRecord authority) {
    try {
      return Certificates.parsePem(authority.material().text()).getFirst();
    } catch (SvidException e) {
      throw new IllegalStateException(
          Texts.format("authority %s: stored certificate is not readable", authority.id()), e);
    }
  }

  /// The public key of what is stored.
  static JwtKey jwtKey(TrustDomain trustDomain, AuthorityRecord authority) {
    String set = "{\"keys\":[" + authority.material().text() + "]}";
    try {
      return JwtBundle.parse(trustDomain, set.getBytes(StandardCharsets.UTF_8))
          .key(authority.id().toString())
          .orElseThrow(() -> new IllegalStateException(unreadable(authority)));
    } catch (JwtException e) {
      throw new IllegalStateException(unreadable(authority), e);
    }
  }

  private static String unreadable(AuthorityRecord authority) {
    return Texts.format("authority %s: stored key is not readable", authority.id());
  }
}
