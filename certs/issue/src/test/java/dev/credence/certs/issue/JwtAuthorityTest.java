package dev.credence.certs.issue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.certs.CodeAssurance;
import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.Id;
import dev.credence.certs.Isolation;
import dev.credence.certs.JsonValue;
import dev.credence.certs.Jwt;
import dev.credence.certs.JwtBundle;
import dev.credence.certs.JwtException;
import dev.credence.certs.JwtSvid;
import dev.credence.certs.JwtVerifier;
import dev.credence.certs.Sha256;
import dev.credence.certs.SpiffeId;
import dev.credence.certs.TrustDomain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Provider;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class JwtAuthorityTest {
  private static final TrustDomain TD = TrustDomain.parse("td");
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final ExecutionFacts FACTS =
      ExecutionFacts.builder()
          .ownerId(new Id(1, 2))
          .agentId(new Id(3, 4))
          .executionId(new Id(5, 6))
          .process()
          .attested(Sha256.of(new byte[] {1}), CodeAssurance.FILE, Isolation.OWN_UID)
          .build();

  private static JwtAuthority authority(Provider provider) {
    return JwtAuthority.generate(TD, provider, NOW, Duration.ofDays(30), RANDOM);
  }

  private static JwtTemplate template(Instant from, Duration ttl, String... audiences) {
    return new JwtTemplate(
        SpiffeId.parse("spiffe://td/agent/a/b"),
        List.of(audiences),
        FACTS,
        Id.random(RANDOM),
        new JwtTemplate.Period(from, from.plus(ttl)));
  }

  @ParameterizedTest
  @MethodSource("dev.credence.certs.issue.Providers#all")
  @DisplayName("JW-01 to JW-11 what is issued is a JWT-SVID that a stranger accepts")
  void issued(Provider provider) throws Exception {
    JwtAuthority authority = authority(provider);
    JwtTemplate template = template(NOW, Duration.ofMinutes(5), "x", "\u00fc\"quoted\"\\y");
    IssuedJwt issued = authority.issue(template);

    assertThat(issued.token()).matches("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]{86}");
    Jwt jwt = Jwt.parse(issued.token());
    assertThat(jwt.header().values().keySet()).containsExactly("alg", "kid", "typ");
    assertThat(jwt.algorithm()).isEqualTo("ES256");
    assertThat(jwt.keyId()).contains(authority.id().toString());
    JwtSvid svid =
        new JwtVerifier(provider)
            .verify(
                issued.token(),
                JwtBundle.of(authority.trustDomain(), List.of(authority.publicKey())),
                "x",
                NOW);
    assertThat(svid.id()).isEqualTo(template.id());
    assertThat(svid.audiences()).isEqualTo(template.audiences());
    assertThat(svid.expiry()).isEqualTo(NOW.plusSeconds(300));
    assertThat(svid.issuedAt()).contains(NOW);
    assertThat(svid.execution()).isEqualTo(Optional.of(FACTS));
    assertThat(svid.claims().get("jti"))
        .contains(new JsonValue.Text(template.tokenId().toString()));
    assertThat(issued.toString()).doesNotContain(issued.token().substring(0, 20));
    String payload =
        new String(
            Base64.getUrlDecoder().decode(issued.token().split("\\.", -1)[1]),
            java.nio.charset.StandardCharsets.UTF_8);
    assertThat(payload).contains("\"exp\":" + NOW.plusSeconds(300).getEpochSecond() + ",");
  }

  @Test
  void nothingOutlivesTheAuthorityOrLeavesAClosedOne() {
    JwtAuthority authority = authority(Providers.jdk());
    Instant end = authority.life().notAfter();
    assertThat(authority.issue(template(end.minusSeconds(10), Duration.ofSeconds(10), "x")))
        .isNotNull();
    assertThatThrownBy(
            () -> authority.issue(template(end.minusSeconds(10), Duration.ofSeconds(11), "x")))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(
            () -> authority.issue(template(NOW.minusSeconds(31), Duration.ofSeconds(60), "x")))
        .isInstanceOf(IllegalStateException.class);
    authority.close();
    assertThatThrownBy(() -> authority.issue(template(NOW, Duration.ofSeconds(10), "x")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void templatesThatContradictThemselvesCannotBeMade() {
    assertThatThrownBy(() -> template(NOW, Duration.ofHours(2), "x"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> template(NOW.plusMillis(1), Duration.ofMinutes(1), "x"))
        .isInstanceOf(IllegalArgumentException.class);
    for (String[] audiences :
        List.of(
            new String[] {},
            new String[] {""},
            new String[] {"x", "x"},
            new String[] {"a\nb"},
            new String[] {"a b"},
            new String[] {"x".repeat(500), "y".repeat(500)},
            new String[] {"\ud800"},
            new String[] {"x".repeat(513)})) {
      assertThatThrownBy(() -> template(NOW, Duration.ofMinutes(1), audiences))
          .isInstanceOf(IllegalArgumentException.class);
    }
    var node = SpiffeId.parse("spiffe://td/node/aaaaaaaaaaaaaaaaaaaaaaaaaa");
    assertThatThrownBy(() ->
            new JwtTemplate(
                node,
                List.of("x"),
                FACTS,
                new Id(1, 1),
                new JwtTemplate.Period(NOW, NOW.plusSeconds(1))))
        .isInstanceOf(IllegalArgumentException.class);
    JwtAuthority other =
        JwtAuthority.generate(
            TrustDomain.parse("other"), Providers.jdk(), NOW, Duration.ofDays(1), RANDOM);
    assertThatThrownBy(() -> other.issue(template(NOW, Duration.ofMinutes(1), "x")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theFileKeepsKeyAndLife(@TempDir Path folder) throws Exception {
    var file = new JwtAuthorityFile(folder, Providers.jdk(), RANDOM);
    JwtAuthority made = file.loadOrCreate(TD, NOW, Duration.ofDays(30));
    assertThat(Files.getPosixFilePermissions(folder.resolve("jwt-authority.key")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    JwtAuthority again = file.loadOrCreate(TD, NOW.plusSeconds(1000), Duration.ofDays(99));
    assertThat(again.id()).isEqualTo(made.id());
    assertThat(again.life()).isEqualTo(made.life());
    String token = again.issue(template(NOW, Duration.ofMinutes(5), "x")).token();
    JwtBundle trusted = JwtBundle.of(made.trustDomain(), List.of(made.publicKey()));
    assertThat(new JwtVerifier(Providers.jdk()).verify(token, trusted, "x", NOW)).isNotNull();
  }

  @Test
  void aCrashAfterTheKeyCostsNothing(@TempDir Path folder) throws Exception {
    var file = new JwtAuthorityFile(folder, Providers.jdk(), RANDOM);
    JwtAuthority made = file.loadOrCreate(TD, NOW, Duration.ofDays(30));
    Files.delete(folder.resolve("jwt-authority.jwk"));
    assertThat(file.loadOrCreate(TD, NOW, Duration.ofDays(30)).id()).isEqualTo(made.id());
  }

  @Test
  void oneWhoseLifeIsOverIsReplaced(@TempDir Path folder) throws Exception {
    var file = new JwtAuthorityFile(folder, Providers.jdk(), RANDOM);
    JwtAuthority made = file.loadOrCreate(TD, NOW, Duration.ofDays(1));
    JwtAuthority next = file.loadOrCreate(TD, NOW.plus(Duration.ofDays(1)), Duration.ofDays(1));
    assertThat(next.id()).isNotEqualTo(made.id());
    assertThat(file.loadOrCreate(TD, NOW.plus(Duration.ofDays(1)), Duration.ofDays(1)).id())
        .isEqualTo(next.id());
  }

  @Test
  void damagedFilesAreRefused(@TempDir Path folder) throws Exception {
    var file = new JwtAuthorityFile(folder, Providers.jdk(), RANDOM);
    file.loadOrCreate(TD, NOW, Duration.ofDays(30)).close();
    Path key = folder.resolve("jwt-authority.key");
    Path jwk = folder.resolve("jwt-authority.jwk");
    String good = Files.readString(jwk);
    for (String bad :
        List.of(
            "",
            "{}",
            good.replace("\"exp\":", "\"exp\":-"),
            good.replace("P-256", "P-384"),
            good.replace("\"kid\":\"", "\"kid\":\"x"))) {
      Files.writeString(jwk, bad);
      assertThatThrownBy(() -> file.loadOrCreate(TD, NOW, Duration.ofDays(30)))
          .isInstanceOf(IOException.class);
    }
    Files.writeString(jwk, good);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> file.loadOrCreate(TD, NOW, Duration.ofDays(30)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("mode");
    Files.delete(key);
    assertThatThrownBy(() -> file.loadOrCreate(TD, NOW, Duration.ofDays(30)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("missing");
  }

  @Test
  void anotherKeyOfTheSameNameIsNotBelieved() throws Exception {
    JwtAuthority ours = authority(Providers.jdk());
    String token =
        authority(Providers.jdk()).issue(template(NOW, Duration.ofMinutes(5), "x")).token();
    assertThatThrownBy(() ->
            new JwtVerifier(Providers.jdk())
                .verify(
                    token, JwtBundle.of(ours.trustDomain(), List.of(ours.publicKey())), "x", NOW))
        .isInstanceOfSatisfying(
            JwtException.class,
            e -> assertThat(e.reason()).isEqualTo(JwtException.Reason.UNKNOWN_KEY));
  }
}
