package dev.credence.attestors.x509pop;

import dev.credence.attestors.AttestationException;
import dev.credence.attestors.NodeProver;
import dev.credence.certs.Certificates;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;

/// Shows the machine's certificate, and signs the server's challenge with its key. To be asked only
/// after the server proved who it is.
public final class X509PopProver implements NodeProver {
  private final List<X509Certificate> chain;
  private final PrivateKey key;
  private final SecureRandom random;

  /// @param chain leaf first
  /// @param key of the leaf
  public X509PopProver(List<X509Certificate> chain, PrivateKey key, SecureRandom random) {
    this.chain = List.copyOf(chain);
    this.key = key;
    this.random = random;
  }

  @Override
  public String name() {
    return X509PopVerifier.NAME;
  }

  @Override
  public byte[] evidence() {
    return Certificates.toDer(chain);
  }

  @Override
  public byte[] answer(byte[] challenge) throws AttestationException {
    return answer(challenge, new byte[0]);
  }

  @Override
  public byte[] answer(byte[] challenge, byte[] binding) throws AttestationException {
    return PopSignature.answer(key, challenge, binding, random);
  }
}
