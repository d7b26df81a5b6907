package dev.credence.certs;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Locale;

/** Finds out by signing and verifying whether two keys belong together. Stateless. */
final class KeyTrial {
  private KeyTrial() {}

  static boolean belongTogether(PrivateKey key, PublicKey publicKey)
      throws GeneralSecurityException {
    String algorithm =
        switch (publicKey.getAlgorithm().toUpperCase(Locale.ROOT)) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> publicKey.getAlgorithm();
        };
    byte[] trial = new byte[32];
    Signature signer = Signature.getInstance(algorithm);
    signer.initSign(key);
    signer.update(trial);
    byte[] signature = signer.sign();
    Signature verifier = Signature.getInstance(algorithm);
    verifier.initVerify(publicKey);
    verifier.update(trial);
    return verifier.verify(signature);
  }
}
