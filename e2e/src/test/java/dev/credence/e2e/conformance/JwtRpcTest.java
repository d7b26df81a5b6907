package dev.credence.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.credence.certs.Certificates;
import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.Jwt;
import dev.credence.certs.JwtBundle;
import dev.credence.certs.JwtSvid;
import dev.credence.certs.JwtVerifier;
import dev.credence.certs.TrustDomain;
import dev.credence.e2e.client.Keys;
import dev.credence.e2e.client.Listening;
import dev.credence.e2e.client.WorkloadApi;
import dev.credence.e2e.rig.Rig;
import dev.credence.proto.workload.JWTSVID;
import dev.credence.proto.workload.JWTSVIDRequest;
import io.grpc.Status.Code;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Workload API: JWT RPCs")
class JwtRpcTest {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String AUDIENCE = "spiffe://rig.example/service/finance/ledger";

  private Rig rig;

  @BeforeEach
  void start() throws Exception {
    rig = Rig.start();
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  private TrustDomain trustDomain() {
    return TrustDomain.parse(rig.trustDomain());
  }

  private byte[] jwks() throws Exception {
    try (var stream = rig.workload().openJwtBundles()) {
      return stream.next(0, SOON).getBundlesOrThrow(trustDomain().id().toString()).toByteArray();
    }
  }

  private static void assertEnd(Listening<?> call, Code code, String text) throws Exception {
    try (call) {
      var status = call.ended(SOON);
      assertThat(status.getCode()).as(status.toString()).isEqualTo(code);
      assertThat(status.getDescription()).contains(text);
    }
  }

  private Listening<?> ask(String spiffeId, String... audiences) {
    return rig.workload()
        .askForJwtSvids(
            JWTSVIDRequest.newBuilder()
                .setSpiffeId(spiffeId)
                .addAllAudience(List.of(audiences))
                .build());
  }

  @Test
  @DisplayName(
      "JW-01 JW-02 JW-03 JW-04 JW-05 JW-06 JW-07 JW-08 JW-09 JW-10 JW-11 JV-01 WJ-06: the token is"
          + " as the standard wants it")
  void token() throws Exception {
    var agent = rig.agent("finance", "invoice-bot").jwt(true).forThisProcess();
    var token = rig.workload().fetchJwtSvid(AUDIENCE, "second");
    assertThat(token).matches("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]{86}");
    var bundle = JwtBundle.parse(trustDomain(), jwks());
    Jwt jwt = Jwt.parse(token);
    assertThat(jwt.header().values().keySet()).containsExactlyInAnyOrder("alg", "kid", "typ");
    assertThat(bundle.key(jwt.keyId().orElseThrow())).isPresent();
    JwtSvid svid =
        new JwtVerifier(Keys.CRYPTO).verify(token, bundle, AUDIENCE, rig.clock().instant());
    assertThat(svid.id()).hasToString(agent.getSpiffeId());
    assertThat(svid.audiences()).containsExactly(AUDIENCE, "second");
    assertThat(svid.issuedAt().orElseThrow()).isBeforeOrEqualTo(rig.clock().instant());
    assertThat(svid.expiry())
        .isAfter(rig.clock().instant())
        .isBeforeOrEqualTo(rig.clock().instant().plusSeconds(300));
    var leaf =
        Certificates.parseChain(rig.workload().fetchX509Svid().getX509Svid().toByteArray())
            .getFirst();
    assertThat(svid.execution())
        .as("the same execution in both profiles")
        .isEqualTo(ExecutionFacts.of(leaf));
    var event =
        rig.admin().events().stream()
            .filter(one -> one.getKind().equals("jwt-svid-issued"))
            .findFirst()
            .orElseThrow();
    assertThat(event.getDetailsMap()).containsEntry("audiences", AUDIENCE + " second");
    assertThat(event.getExecutionId())
        .isEqualTo(svid.execution().orElseThrow().executionId().toString());
  }

  @Test
  @DisplayName(
      "JW-12: the key of the first token ever was in every bundle before, also on another node")
  void publishedBeforeUse() throws Exception {
    rig.agent("finance", "invoice-bot").jwt(true).forThisProcess();
    var other = rig.addNode();
    var before = JwtBundle.parse(trustDomain(), jwks());
    try (var elsewhere = WorkloadApi.at(other.socket());
        var stream = elsewhere.openJwtBundles()) {
      var there =
          JwtBundle.parse(
              trustDomain(),
              stream.next(0, SOON).getBundlesOrThrow(trustDomain().id().toString()).toByteArray());
      var used = Jwt.parse(rig.workload().fetchJwtSvid(AUDIENCE)).keyId().orElseThrow();
      assertThat(before.key(used)).isPresent();
      assertThat(there.key(used)).isPresent();
      assertThat(stream.messages().mark()).as("nothing had to be sent for it").isOne();
    }
  }

  @Test
  @DisplayName("WJ-01 WJ-04 WJ-05 WJ-07: what is asked for wrongly, or by nobody")
  void refused() throws Exception {
    assertEnd(ask("", "a"), Code.PERMISSION_DENIED, "no identity issued");
    rig.agent("finance", "invoice-bot").jwt(true).forThisProcess();
    assertEnd(ask(""), Code.INVALID_ARGUMENT, "audience must be specified");
    assertEnd(ask("", ""), Code.INVALID_ARGUMENT, "audience must be specified");
    assertEnd(ask("spiffe://", "a"), Code.INVALID_ARGUMENT, "trust domain");
    assertEnd(
        ask("spiffe://rig.example/agent/finance/other", "a"),
        Code.PERMISSION_DENIED,
        "no identity issued");
  }

  @Test
  @DisplayName(
      "WJ-02 WJ-03 WJ-08: all identities that may have tokens, in a stable order, hints once")
  void identities() throws Exception {
    var first = rig.agent("finance", "first").jwt(true).hint("h").forThisProcess();
    var second = rig.service("finance", "second").hint("h").forThisProcess();
    rig.agent("finance", "third").forThisProcess();
    rig.service("finance", "fourth").jwt(false).forThisProcess();
    try (var all =
        rig.workload().askForJwtSvids(JWTSVIDRequest.newBuilder().addAudience("a").build())) {
      var svids = all.next(0, SOON).getSvidsList();
      assertThat(svids)
          .extracting(JWTSVID::getSpiffeId)
          .containsExactly(first.getSpiffeId(), second.getSpiffeId());
      assertThat(svids).extracting(JWTSVID::getHint).containsExactly("h", "");
    }
  }

  @Test
  @DisplayName("DESIGN 2: an agent has no JWT-SVIDs unless its registration allows them")
  void offForAgents() throws Exception {
    rig.agent("finance", "invoice-bot").forThisProcess();
    assertThat(rig.workload().fetchX509Svids().getSvidsCount()).isEqualTo(1);
    assertEnd(ask("", "a"), Code.PERMISSION_DENIED, "registered with --jwt");
    assertThat(rig.admin().events()).noneMatch(one -> one.getKind().equals("jwt-svid-issued"));
  }

  @Test
  @DisplayName(
      "WJ-09 JW-14: with the server away a valid token is served, another one is UNAVAILABLE")
  void serverAway() throws Exception {
    rig.agent("finance", "invoice-bot").jwt(true).forThisProcess();
    var token = rig.workload().fetchJwtSvid("a");
    assertThat(rig.workload().fetchJwtSvid("a")).isEqualTo(token);
    rig.stopServer();
    assertThat(rig.workload().fetchJwtSvid("a")).isEqualTo(token);
    assertEnd(ask("", "b"), Code.UNAVAILABLE, "cannot issue a JWT-SVID now");
    rig.restartServer();
  }

  @Test
  @DisplayName("WJ-10 WJ-11 WJ-12 WJ-13: the bundle stream begins at once and holds JWT keys only")
  void bundles() throws Exception {
    rig.agent("finance", "invoice-bot").forThisProcess();
    var json = new String(jwks(), StandardCharsets.UTF_8);
    assertThat(json)
        .startsWith("{\"keys\":[{\"kty\":\"EC\"")
        .contains("\"use\":\"jwt-svid\"", "\"kid\":\"")
        .doesNotContain("x5c", "x509-svid", "\"d\"");
    assertThat(JwtBundle.parse(trustDomain(), jwks()).keys()).hasSize(1);
  }

  @Test
  @DisplayName("WJ-15 WJ-16 WJ-17 WJ-19: validation by the node")
  void validation() throws Exception {
    var agent = rig.agent("finance", "invoice-bot").jwt(true).forThisProcess();
    var token = rig.workload().fetchJwtSvid(AUDIENCE);
    try (var valid = rig.workload().validate(AUDIENCE, token)) {
      var answer = valid.next(0, SOON);
      assertThat(answer.getSpiffeId()).isEqualTo(agent.getSpiffeId());
      assertThat(answer.getClaims().getFieldsMap()).containsKeys("sub", "aud", "exp", "iat");
      assertThat(answer.getClaims().getFieldsOrThrow("aud").hasListValue()).isTrue();
      assertThat(answer.getClaims().getFieldsOrThrow("exp").hasNumberValue()).isTrue();
    }
    assertEnd(rig.workload().validate("", token), Code.INVALID_ARGUMENT, "audience must be");
    assertEnd(rig.workload().validate(AUDIENCE, ""), Code.INVALID_ARGUMENT, "svid must be");
    assertEnd(rig.workload().validate("other", token), Code.INVALID_ARGUMENT, "audience: ");
    assertEnd(
        rig.workload().validate(AUDIENCE, token.substring(0, token.length() - 2) + "AA"),
        Code.INVALID_ARGUMENT,
        ": token");
    rig.clock().advance(Duration.ofMinutes(5));
    assertEnd(rig.workload().validate(AUDIENCE, token), Code.INVALID_ARGUMENT, "expired: ");
  }

  @Test
  @DisplayName("IO-14: Nimbus validates the token with our JWK Set, without and with use")
  void nimbus() throws Exception {
    var agent = rig.agent("finance", "invoice-bot").jwt(true).forThisProcess();
    var token = rig.workload().fetchJwtSvid(AUDIENCE);
    var withoutUse =
        new String(jwks(), StandardCharsets.UTF_8).replace("\"use\":\"jwt-svid\",", "");
    var keys = JWKSet.parse(withoutUse);
    var processor = new DefaultJWTProcessor<SecurityContext>();
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(JWSAlgorithm.ES256, new ImmutableJWKSet<>(keys)));
    processor.setJWTClaimsSetVerifier(
        new DefaultJWTClaimsVerifier<>(AUDIENCE, null, Set.of("sub", "exp", "iat", "jti")));
    assertThat(processor.process(token, null).getSubject()).isEqualTo(agent.getSpiffeId());
    assertThat(JWKSet.parse(new String(jwks(), StandardCharsets.UTF_8)).getKeys())
        .singleElement()
        .satisfies(key -> assertThat(key.isPrivate()).isFalse());
  }

  @Test
  @DisplayName("JW-11: Go's standard library verifies the token with our JWK Set")
  void go(@TempDir Path folder) throws Exception {
    assumeTrue(isThere("go", "version"), "no Go on this machine");
    var agent = rig.agent("finance", "invoice-bot").jwt(true).forThisProcess();
    Path token = Files.writeString(folder.resolve("token"), rig.workload().fetchJwtSvid(AUDIENCE));
    Path keys = Files.write(folder.resolve("keys.json"), jwks());
    Path program = Files.write(folder.resolve("jwt.go"), resource());
    var process =
        new ProcessBuilder("go", "run", program.toString(), keys.toString(), token.toString())
            .redirectErrorStream(true)
            .start();
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    assertThat(text.strip()).isEqualTo(agent.getSpiffeId() + " " + AUDIENCE);
  }

  private static byte[] resource() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(JwtRpcTest.class.getResourceAsStream("/parsers/jwt.go"))) {
      return in.readAllBytes();
    }
  }

  private static boolean isThere(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
