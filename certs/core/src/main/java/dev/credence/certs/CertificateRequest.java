package dev.credence.certs;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Provider;
import java.security.Signature;

/**
 * Writes certificate requests (PKCS#10, RFC 2986) that carry a key and nothing else: the server
 * takes everything else from the registration. Stateless.
 */
public final class CertificateRequest {
  private static final int ATTRIBUTES = 0xa0;

  private CertificateRequest() {}

  /**
   * A request with an empty subject and no attributes, signed with ecdsa-with-SHA256, DER.
   *
   * @param keys a pair on P-256 whose objects the provider can use
   * @param provider what signs
   * @throws IllegalArgumentException if the provider cannot sign with this key
   */
  public static byte[] create(KeyPair keys, Provider provider) {
    byte[] info =
        Der.sequence(
            Der.integer(0), Der.sequence(), keys.getPublic().getEncoded(), Der.element(ATTRIBUTES));
    try {
      Signature signer = Signature.getInstance("SHA256withECDSA", provider);
      signer.initSign(keys.getPrivate());
      signer.update(info);
      // RFC 5758, section 3.2: this algorithm's parameters are absent.
      return Der.sequence(
          info, Der.sequence(Der.oid(Oids.ecdsaWithSha256())), Der.bits(signer.sign()));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "key of type "
              + keys.getPrivate().getAlgorithm()
              + " does not sign with "
              + provider.getName(),
          e);
    }
  }
}
