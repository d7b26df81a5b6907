package dev.credence.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.credence.certs.Pki.Certified;
import dev.credence.certs.SvidException.Reason;
import java.security.KeyPair;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class X509SvidTest {
  private static final Certified ROOT = Pki.authority("root", "td").selfSigned();
  private static final String ID = "spiffe://td/workload";

  static Stream<Named<Provider>> providers() {
    return Providers.all();
  }

  @ParameterizedTest
  @MethodSource("providers")
  @DisplayName("XL-16 XV-28 the private key must be the leaf's, whichever provider made it")
  void keyMustBeTheLeafs(Provider provider) throws Exception {
    KeyPair keys = PrivateKeys.generateP256(provider, new SecureRandom());
    KeyPair others = PrivateKeys.generateP256(provider, new SecureRandom());
    Certified leaf = Pki.leaf(ID).keys(keys).signedBy(ROOT);
    var chain = List.of(leaf.certificate());
    assertThat(X509Svid.of(chain, keys.getPrivate()).id()).hasToString(ID);
    assertThat(X509Svid.of(chain, keys).key()).isSameAs(keys.getPrivate());
    assertThat(
            catchThrowableOfType(SvidException.class, () -> X509Svid.of(chain, others.getPrivate()))
                .reason())
        .isEqualTo(Reason.KEY_MISMATCH);
    assertThat(catchThrowableOfType(SvidException.class, () -> X509Svid.of(chain, others)).reason())
        .isEqualTo(Reason.KEY_MISMATCH);
  }

  @Test
  void keyOfAnotherTypeIsRefused() {
    Certified leaf = Pki.leaf(ID).signedBy(ROOT);
    assertThat(
            catchThrowableOfType(
                    SvidException.class,
                    () -> X509Svid.of(List.of(leaf.certificate()), Pki.rsa(2048).getPrivate()))
                .reason())
        .isEqualTo(Reason.KEY_MISMATCH);
  }

  @Test
  void rsaKeyBelongsToItsLeaf() throws Exception {
    Certified leaf = Pki.leaf(ID).keys(Pki.rsa(2048)).signedBy(ROOT);
    assertThat(X509Svid.of(List.of(leaf.certificate()), leaf.keys().getPrivate()).leaf())
        .isEqualTo(leaf.certificate());
  }

  @Test
  void emptyChainAndNoLeafAreRefused() {
    KeyPair keys = Pki.ec("secp256r1");
    assertThat(
            catchThrowableOfType(SvidException.class, () -> X509Svid.of(List.of(), keys)).reason())
        .isEqualTo(Reason.EMPTY_CHAIN);
    Certified signing = Pki.leaf(ID).keyUsage(KeyUsage.keyCertSign).keys(keys).signedBy(ROOT);
    assertThat(
            catchThrowableOfType(
                    SvidException.class, () -> X509Svid.of(List.of(signing.certificate()), keys))
                .reason())
        .isEqualTo(Reason.NOT_A_LEAF);
  }

  @Test
  void keyIsNeverPrinted() throws Exception {
    Certified leaf = Pki.leaf(ID).signedBy(ROOT);
    X509Svid svid = X509Svid.of(List.of(leaf.certificate()), leaf.keys());
    assertThat(svid)
        .hasToString(ID + " (serial " + Certificates.serialHex(leaf.certificate()) + ")");
    assertThat(svid.chain()).containsExactly(leaf.certificate());
  }
}
