package dev.credence.attestors.x509pop;

import dev.credence.attestors.AttestationException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.interfaces.RSAKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;

/// What is signed, and how: a word of ours first, so that a signature made for this is good for
/// nothing else; the server's nonce, which is used once; the node's own nonce, so that it never
/// signs what somebody else chose alone; the binding to what is attested. Stateless.
///
/// The answer is the node's nonce and the signature.
final class PopSignature {
  /// Length of each nonce, in bytes.
  static final int NONCE = 32;

  private static final byte[] WORD = "credence x509pop 1\0".getBytes(StandardCharsets.US_ASCII);
  private static final int SHA256_BYTES = 32;
  private static final int P256 = 256;
  private static final int P384 = 384;

  private PopSignature() {}

  static byte[] answer(PrivateKey key, byte[] challenge, byte[] binding, SecureRandom random)
      throws AttestationException {
    if (challenge.length != NONCE) {
      throw new AttestationException(
          "x509pop: challenge of " + challenge.length + " bytes (expected: " + NONCE + ")");
    }
    byte[] own = new byte[NONCE];
    random.nextBytes(own);
    try {
      Signature signature = signature(key);
      signature.initSign(key, random);
      update(signature, challenge, own, binding);
      byte[] signed = signature.sign();
      byte[] answer = Arrays.copyOf(own, NONCE + signed.length);
      System.arraycopy(signed, 0, answer, NONCE, signed.length);
      return answer;
    } catch (GeneralSecurityException e) {
      throw new AttestationException("x509pop: the host's key cannot sign", e);
    }
  }

  static void verify(PublicKey key, byte[] challenge, byte[] binding, byte[] answer)
      throws AttestationException {
    if (answer.length <= NONCE) {
      throw new AttestationException(
          "x509pop: answer of " + answer.length + " bytes (expected: a nonce and a signature)");
    }
    boolean holds;
    try {
      Signature signature = signature(key);
      signature.initVerify(key);
      update(signature, challenge, Arrays.copyOf(answer, NONCE), binding);
      holds = signature.verify(answer, NONCE, answer.length - NONCE);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new AttestationException("x509pop: the signature is not readable", e);
    }
    if (!holds) {
      throw new AttestationException(
          "x509pop: the signature is not of the certificate's key over this challenge");
    }
  }

  private static void update(Signature signature, byte[] challenge, byte[] own, byte[] binding)
      throws GeneralSecurityException {
    signature.update(WORD);
    signature.update(challenge);
    signature.update(own);
    signature.update(binding);
  }

  private static Signature signature(Object key) throws GeneralSecurityException {
    return switch (key) {
      case RSAKey _ -> pss();
      case ECKey ec -> Signature.getInstance(ecdsa(ec));
      case EdECKey _ -> Signature.getInstance("Ed25519");
      default -> throw new GeneralSecurityException("a key of an unknown kind");
    };
  }

  private static Signature pss() throws GeneralSecurityException {
    Signature signature = Signature.getInstance("RSASSA-PSS");
    signature.setParameter(
        new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, SHA256_BYTES, 1));
    return signature;
  }

  private static String ecdsa(ECKey key) {
    int bits = key.getParams().getCurve().getField().getFieldSize();
    if (bits <= P256) {
      return "SHA256withECDSA";
    }
    return bits <= P384 ? "SHA384withECDSA" : "SHA512withECDSA";
  }
}
