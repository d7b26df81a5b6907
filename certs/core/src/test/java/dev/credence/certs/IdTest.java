package dev.credence.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IdTest {

  @ParameterizedTest
  @CsvSource({
    "00000000000000000000000000000000,aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "ffffffffffffffffffffffffffffffff,77777777777777777777777774",
    "00112233445566778899aabbccddeeff,aaisem2ekvthpcezvk54zxpo74",
    "00000000000000000000000000000001,aaaaaaaaaaaaaaaaaaaaaaaaae",
    "80000000000000000000000000000000,qaaaaaaaaaaaaaaaaaaaaaaaaa",
    "00000000000000018000000000000000,aaaaaaaaaaaadaaaaaaaaaaaaa"
  })
  void bytesAndTextAgree(String hex, String text) {
    Id id = Id.fromBytes(HexFormat.of().parseHex(hex));
    assertThat(id).hasToString(text);
    assertThat(Id.parse(text)).isEqualTo(id);
    assertThat(id.bytes()).isEqualTo(HexFormat.of().parseHex(hex));
  }

  @Test
  void idsOfALaterMoment_areHigher_andThoseOfOneMomentDiffer() {
    var random = new SecureRandom();
    Instant moment = Instant.parse("2026-01-02T03:04:05.678Z");
    Id first = Id.randomAt(moment, random);
    assertThat(first.high() >>> 16).isEqualTo(moment.toEpochMilli());
    assertThat(Id.randomAt(moment, random)).isNotEqualTo(first);
    assertThat(Id.randomAt(moment.plusMillis(1), random)).isGreaterThan(first);
    assertThat(Id.parse(first.toString())).isEqualTo(first);
  }

  @Test
  void randomIdsRoundTrip() {
    var random = new Random(42);
    for (int i = 0; i < 10_000; i++) {
      var id = new Id(random.nextLong(), random.nextLong());
      assertThat(Id.parse(id.toString())).isEqualTo(id);
      assertThat(Id.fromBytes(id.bytes())).isEqualTo(id);
    }
    assertThat(Id.random(new SecureRandom())).isNotEqualTo(Id.random(new SecureRandom()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "aaaaaaaaaaaaaaaaaaaaaaaaa",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "Aaaaaaaaaaaaaaaaaaaaaaaaaa",
        "aaaaaaaaaaaaaaaaaaaaaaaaab",
        "aaaaaaaaaaaaaaaaaaaaaaaaac",
        "77777777777777777777777777",
        "aaaaaaaaaaaaaaaaaaaaaaaa1a",
        "aaaaaaaaaaaaaaaaaaaaaaaa8a",
        "aaaaaaaaaaaaaaaaaaaaaaaa=a",
        "aaaaaaaaaaaaaaaaaaaaaaaaa\u0131"
      })
  void otherTextIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Id.parse(text))
        .withMessageContaining("26 characters of lower-case base32");
  }

  @Test
  void otherLengthsAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Id.fromBytes(new byte[15]));
    assertThatIllegalArgumentException().isThrownBy(() -> Id.fromBytes(new byte[17]));
  }

  @Test
  void idsAreOrderedAsUnsignedNumbers() {
    assertThat(new Id(-1, 0)).isGreaterThan(new Id(1, 0));
    assertThat(new Id(0, -1)).isGreaterThan(new Id(0, 1));
    assertThat(new Id(1, 0)).isGreaterThan(new Id(0, -1));
  }

  @Test
  void identitiesHaveTheirPathAndAreFoundByIt() {
    var td = TrustDomain.parse("example.org");
    var owner = new Name("finance");
    var name = new Name("bot");
    var id = Id.parse("aaisem2ekvthpcezvk54zxpo74");
    assertIdentity(new Identity.Agent(owner, name), "/agent/finance/bot");
    assertIdentity(new Identity.Service(owner, name), "/service/finance/bot");
    assertIdentity(new Identity.Node(id), "/node/aaisem2ekvthpcezvk54zxpo74");
    assertIdentity(new Identity.Server(), "/server");
    assertIdentity(new Identity.Administrator(name), "/admin/bot");
    assertThat(Identity.of(td.id())).isEmpty();
  }

  private static void assertIdentity(Identity identity, String path) {
    SpiffeId id = identity.in(TrustDomain.parse("example.org"));
    assertThat(id.path()).isEqualTo(path);
    assertThat(Identity.of(id)).contains(identity);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/agent",
        "/agent/a",
        "/agent/a/b/c",
        "/Agent/a/b",
        "/agent/A/b",
        "/agent/a/b_c",
        "/agent/a/-b",
        "/node/x",
        "/node/AAISEM2EKVTHPCEZVK54ZXPO74",
        "/server/x",
        "/Server",
        "/admin/a/b",
        "/x/a/b"
      })
  void otherPathsStandForNothingHere(String path) {
    assertThat(Identity.of(SpiffeId.parse("spiffe://example.org" + path))).isEmpty();
  }
}
