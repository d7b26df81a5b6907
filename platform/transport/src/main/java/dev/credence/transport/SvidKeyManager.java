package dev.credence.transport;

import dev.credence.certs.Certificates;
import dev.credence.certs.X509Svid;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// Shows the SVID of the moment. JSSE asks for an alias first and for chain and key later: the
/// alias is the serial number, and the previous SVID is kept, so that a handshake in flight during
/// a rotation gets the key of the chain that it began with.
final class SvidKeyManager extends X509ExtendedKeyManager {
  private record Material(String alias, X509Svid svid, List<X509Certificate> chain) {}

  private record Snapshot(Material current, @Nullable Material previous) {}

  private final TlsIdentity self;
  private final Function<TlsIdentity, List<X509Certificate>> chainOf;
  private volatile @Nullable Snapshot snapshot;

  private SvidKeyManager(TlsIdentity self, Function<TlsIdentity, List<X509Certificate>> chainOf) {
    this.self = self;
    this.chainOf = chainOf;
  }

  /// For clients: the chain as it was issued.
  static SvidKeyManager client(TlsIdentity self) {
    return new SvidKeyManager(self, identity -> identity.svid().chain());
  }

  /// For servers: the chain and the authority above it, so that a client with nothing but a pin of
  /// the authority's key can verify it.
  static SvidKeyManager server(TlsIdentity self) {
    return new SvidKeyManager(self, SvidKeyManager::withAuthority);
  }

  private static List<X509Certificate> withAuthority(TlsIdentity self) {
    List<X509Certificate> chain = self.svid().chain();
    X509Certificate last = chain.getLast();
    Optional<X509Certificate> authority =
        self.bundle().authorities().stream()
            .filter(candidate -> !candidate.equals(last))
            .filter(candidate -> issued(candidate, last))
            .findFirst();
    return Stream.concat(chain.stream(), authority.stream()).toList();
  }

  private static boolean issued(X509Certificate authority, X509Certificate certificate) {
    try {
      certificate.verify(authority.getPublicKey());
      return authority.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    } catch (java.security.GeneralSecurityException e) {
      return false;
    }
  }

  private Material current() {
    X509Svid svid = self.svid();
    Snapshot known = snapshot;
    if (known != null && known.current().svid() == svid) {
      return known.current();
    }
    return replace();
  }

  private synchronized Material replace() {
    X509Svid svid = self.svid();
    Snapshot known = snapshot;
    if (known != null && known.current().svid() == svid) {
      return known.current();
    }
    var next =
        new Material(Certificates.serialHex(svid.leaf()), svid, List.copyOf(chainOf.apply(self)));
    snapshot = new Snapshot(next, known == null ? null : known.current());
    return next;
  }

  private @Nullable String alias(String keyType) {
    Material material = current();
    boolean fits = material.svid().leaf().getPublicKey().getAlgorithm().equals(keyType);
    return fits ? material.alias() : null;
  }

  private Optional<Material> named(@Nullable String alias) {
    Snapshot known = snapshot;
    return known == null
        ? Optional.empty()
        : Stream.of(known.current(), known.previous())
            .filter(Objects::nonNull)
            .filter(material -> material.alias().equals(alias))
            .findFirst();
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return alias(keyType);
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return Stream.of(keyTypes).map(this::alias).filter(Objects::nonNull).findFirst().orElse(null);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(@Nullable String alias) {
    return named(alias)
        .map(material -> material.chain().toArray(X509Certificate[]::new))
        .orElse(null);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(@Nullable String alias) {
    return named(alias).map(material -> material.svid().key()).orElse(null);
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return aliases(keyType);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return aliases(keyType);
  }

  private String @Nullable [] aliases(String keyType) {
    String alias = alias(keyType);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return chooseEngineClientAlias(keyTypes, issuers, null);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return alias(keyType);
  }
}
