package dev.credence.e2e.client;

import com.google.protobuf.ByteString;
import dev.credence.certs.CertificateRequest;
import dev.credence.certs.PrivateKeys;
import dev.credence.platform.crypto.CryptoProviders;
import java.security.KeyPair;
import java.security.Provider;
import java.security.SecureRandom;

/// Keys and requests for certificates.
public final class Keys {

  /// The provider that all of it uses.
  public static final Provider CRYPTO = CryptoProviders.fastest();

  private static final SecureRandom RANDOM = new SecureRandom();

  private Keys() {}

  /// A new P-256 key.
  public static KeyPair fresh() {
    return PrivateKeys.generateP256(CRYPTO, RANDOM);
  }

  /// A PKCS#10 request for it.
  public static ByteString request(KeyPair keys) {
    return ByteString.copyFrom(CertificateRequest.create(keys, CRYPTO));
  }

  /// A request for a new key that nobody keeps.
  public static ByteString request() {
    return request(fresh());
  }
}
