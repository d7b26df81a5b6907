package dev.credence.certs.issue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.credence.certs.Id;
import dev.credence.certs.SvidVerifier;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RevocationPointTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "crl",
        "https://a.example/crl",
        "ftp://a.example/crl",
        "http:///crl",
        "http:crl",
        "http://u@a.example/crl",
        "http://a.example/crl?x",
        "http://a.example/crl#x",
        "HTTP://a.example/",
        "http://a.example/\u00e9",
        "http://a.example/ x"
      })
  void anythingElseIsRefused(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RevocationPoint.parse(url))
        .withMessageContaining("expected: http://HOST");
  }

  @Test
  void theLengthIsBounded() {
    var longest = "http://a.example/" + "x".repeat(183);
    assertThat(RevocationPoint.parse(longest)).hasToString(longest);
    assertThatIllegalArgumentException().isThrownBy(() -> RevocationPoint.parse(longest + "x"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 20, 60, 80, 183})
  void everyCertificateSaysWhereItsListIs_whateverTheLength(int length) throws Exception {
    var url = "http://a.example/" + "x".repeat(length);
    var keys =
        new AuthorityFolder(
            folder, Providers.jdk(), new SecureRandom(), Optional.of(RevocationPoint.parse(url)));
    var domain = World.TRUST_DOMAIN;
    var world = new World(Providers.jdk());
    try (var authority = keys.create(domain, World.NOW, Duration.ofDays(30));
        var again = keys.load(domain, authority.certificate())) {
      for (var made : List.of(authority, again)) {
        var leaf = made.issue(world.agent(), World.NOW).leaf();
        var point =
            CRLDistPoint.getInstance(
                ASN1OctetString.getInstance(leaf.getExtensionValue("2.5.29.31")).getOctets());
        assertThat(point.getDistributionPoints()).hasSize(1);
        var names =
            GeneralNames.getInstance(
                point.getDistributionPoints()[0].getDistributionPoint().getName());
        assertThat(names.getNames())
            .containsExactly(
                new GeneralName(
                    GeneralName.uniformResourceIdentifier, url + "/" + made.id() + ".crl"));
        assertThat(leaf.getCriticalExtensionOIDs()).doesNotContain("2.5.29.31");
        var verifier = new SvidVerifier(Providers.jdk());
        assertThat(verifier.verify(List.of(leaf), made.bundle(), World.NOW).id())
            .hasToString("spiffe://example.org/agent/finance/invoice-bot");
      }
    }
  }

  @Test
  void itIsWhereTheServerServesIt() {
    var id = new Id(1, 2);
    assertThat(RevocationPoint.parse("http://a.example:8080/crl/").of(id))
        .isEqualTo("http://a.example:8080/crl/" + id + ".crl");
  }
}
