package dev.credence.node;

import static dev.credence.node.NodeRig.OWN_UID;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Value;
import dev.credence.certs.Jwt;
import dev.credence.proto.workload.JWTBundlesRequest;
import dev.credence.proto.workload.JWTBundlesResponse;
import dev.credence.proto.workload.JWTSVID;
import dev.credence.proto.workload.JWTSVIDRequest;
import dev.credence.proto.workload.JWTSVIDResponse;
import dev.credence.proto.workload.SpiffeWorkloadAPIGrpc;
import dev.credence.proto.workload.ValidateJWTSVIDRequest;
import dev.credence.proto.workload.ValidateJWTSVIDResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The JWT profile from outside: a real socket, this JVM as the caller, a scripted server.
@Timeout(300)
class JwtRpcTest {
  private static final String A = "spiffe://test.example/agent/team/a";
  private static final String TD = "spiffe://test.example";

  private final NodeRig rig = new NodeRig();
  private SpiffeWorkloadAPIGrpc.@Nullable SpiffeWorkloadAPIStub stub;

  @AfterEach
  void close() {
    rig.close();
  }

  /// One connection for all calls of a test: a process may hold only so many.
  private SpiffeWorkloadAPIGrpc.SpiffeWorkloadAPIStub workload() {
    if (stub == null) {
      stub = rig.workload();
    }
    return stub;
  }

  private StreamProbe<JWTSVIDRequest, JWTSVIDResponse> ask(String spiffeId, String... audiences) {
    StreamProbe<JWTSVIDRequest, JWTSVIDResponse> probe = StreamProbe.greedy();
    workload()
        .fetchJWTSVID(
            JWTSVIDRequest.newBuilder()
                .addAllAudience(List.of(audiences))
                .setSpiffeId(spiffeId)
                .build(),
            probe);
    return probe;
  }

  private String token(String... audiences) {
    return ask("", audiences).message().getSvids(0).getSvid();
  }

  private StreamProbe<ValidateJWTSVIDRequest, ValidateJWTSVIDResponse> validate(
      String audience, String token) {
    StreamProbe<ValidateJWTSVIDRequest, ValidateJWTSVIDResponse> probe = StreamProbe.greedy();
    rig.workload()
        .validateJWTSVID(
            ValidateJWTSVIDRequest.newBuilder().setAudience(audience).setSvid(token).build(),
            probe);
    return probe;
  }

  private StreamProbe<JWTBundlesRequest, JWTBundlesResponse> bundles() {
    StreamProbe<JWTBundlesRequest, JWTBundlesResponse> probe = StreamProbe.greedy();
    rig.workload().fetchJWTBundles(JWTBundlesRequest.getDefaultInstance(), probe);
    return probe;
  }

  private static void assertEnd(StreamProbe<?, ?> probe, Status.Code code, String text) {
    Status end = probe.end();
    assertThat(end.getCode()).as("%s", end).isEqualTo(code);
    assertThat(end.getDescription()).contains(text);
  }

  @Test
  @DisplayName("WJ-01, WJ-05 what a request lacks is said before anything is read of the caller")
  void badRequests() {
    rig.startAndWait();
    assertEnd(ask(""), Status.Code.INVALID_ARGUMENT, "audience must be specified");
    assertEnd(ask("", "", ""), Status.Code.INVALID_ARGUMENT, "audience must be specified");
    assertEnd(ask("", "x".repeat(513)), Status.Code.INVALID_ARGUMENT, "audience");
    assertEnd(ask("", "x", "x"), Status.Code.INVALID_ARGUMENT, "twice");
    assertEnd(ask("http://x", "x"), Status.Code.INVALID_ARGUMENT, "SPIFFE ID");
    assertThat(rig.server.openCalls).hasValue(0);
  }

  @Test
  @DisplayName(
      "WJ-02, WJ-03, WJ-04, WJ-08 all identities, the one that was asked for, none that is"
          + " another's")
  void identities() {
    rig.server.registerHinted("a", "main", OWN_UID);
    rig.server.registerHinted("b", "main", OWN_UID);
    rig.server.register("c", OWN_UID);
    rig.startAndWait();
    JWTSVIDResponse all = ask("", "x").message();
    assertThat(all.getSvidsList())
        .extracting(JWTSVID::getSpiffeId)
        .containsExactly(A, TD + "/agent/team/b", TD + "/agent/team/c");
    assertThat(all.getSvidsList()).extracting(JWTSVID::getHint).containsExactly("main", "", "");
    JWTSVIDResponse one = ask(TD + "/agent/team/c", "x").message();
    assertThat(one.getSvidsList())
        .extracting(JWTSVID::getSpiffeId)
        .containsExactly(TD + "/agent/team/c");
    assertEnd(ask(TD + "/agent/team/d", "x"), Status.Code.PERMISSION_DENIED, "no identity issued");
  }

  @Test
  @DisplayName("WJ-07 a caller without identity")
  void nobody() {
    rig.startAndWait();
    assertEnd(ask("", "x"), Status.Code.PERMISSION_DENIED, "no identity issued");
    assertEnd(bundles(), Status.Code.PERMISSION_DENIED, "no identity issued");
    assertThat(rig.server.jwtCalls).hasValue(0);
  }

  @Test
  void identitiesWithoutJwtGetNone() {
    rig.server.registerWithoutJwt("a", OWN_UID);
    rig.startAndWait();
    assertThat(rig.fetch().message().getSvidsCount()).isEqualTo(1);
    assertEnd(ask("", "x"), Status.Code.PERMISSION_DENIED, "registered with --jwt");
    rig.server.register("b", OWN_UID);
    NodeRig.await("the other identity", () -> rig.fetch().message().getSvidsCount() == 2);
    assertThat(ask("", "x").message().getSvidsList())
        .extracting(JWTSVID::getSpiffeId)
        .containsExactly(TD + "/agent/team/b");
    assertThat(rig.server.jwtCalls).hasValue(1);
  }

  @Test
  @DisplayName("WJ-06 several audiences, in their order; one execution for both profiles")
  void audiences() throws Exception {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    Jwt jwt = Jwt.parse(token("y", "x"));
    assertThat(jwt.claims().write()).contains("\"aud\":[\"y\",\"x\"]");
    var _ = rig.fetch().message();
    assertThat(rig.server.openCalls).hasValue(1);
  }

  @Test
  @DisplayName(
      "JW-14, WJ-09 a token is handed out until half-life, and while the server is away as long as"
          + " it is worth something")
  void cache() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    String first = token("x");
    assertThat(token("x")).isEqualTo(first);
    assertThat(token("z")).isNotEqualTo(first);
    assertThat(rig.server.jwtCalls).hasValue(2);
    rig.time.advance(TestTokens.TTL.dividedBy(2));
    String second = token("x");
    assertThat(second).isNotEqualTo(first);

    rig.server.failTokens(Status.UNAVAILABLE);
    rig.time.advance(TestTokens.TTL.dividedBy(2));
    assertThat(token("x")).isEqualTo(second);
    assertEnd(ask("", "other"), Status.Code.UNAVAILABLE, "cannot issue a JWT-SVID now");
    rig.time.advance(TestTokens.TTL.dividedBy(2).minus(JwtTokens.SHORTEST_REST));
    assertEnd(ask("", "x"), Status.Code.UNAVAILABLE, "cannot issue a JWT-SVID now");
  }

  @Test
  void whatTheServerRefusesIsNotServedFromMemory() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var _ = token("x");
    rig.server.failTokens(Status.PERMISSION_DENIED);
    rig.time.advance(TestTokens.TTL.dividedBy(2));
    assertEnd(ask("", "x"), Status.Code.PERMISSION_DENIED, "no identity issued");
  }

  @Test
  void aTokenThatSaysSomethingElseDoesNotReachTheWorkload() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    rig.server.tokenSubject(TD + "/agent/team/other");
    assertEnd(ask("", "x"), Status.Code.UNAVAILABLE, "cannot issue a JWT-SVID now");
    rig.server.tokenSubject("");
    rig.server.signTokensWith(new TestTokens("stranger"));
    assertEnd(ask("", "x"), Status.Code.UNAVAILABLE, "cannot issue a JWT-SVID now");
  }

  @Test
  void everNewAudiencesAreLimited() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    int served = 0;
    Status end = Status.OK;
    for (int i = 0; i < 60 && end.isOk(); i++) {
      try {
        var _ = ask("", "audience-" + i).message();
        served++;
      } catch (AssertionError refused) {
        end = ask("", "audience-" + i).end();
      }
    }
    assertThat(end.getCode())
        .as("after %d: %s", served, end)
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(served).isEqualTo(50);
    // Known ones are still there, and a second later there is room again.
    assertThat(token("audience-" + (served - 1))).isNotEmpty();
    rig.time.advance(Duration.ofSeconds(1));
    assertThat(token("audience-x")).isNotEmpty();
  }

  @Test
  @DisplayName(
      "WJ-10, WJ-11, WJ-13 the own trust domain's keys at once, and again when they change")
  void bundleStream() throws Exception {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    var stream = bundles();
    JWTBundlesResponse first = stream.message();
    assertThat(first.getBundlesMap()).containsOnlyKeys(TD);
    assertThat(first.getBundlesOrThrow(TD).toStringUtf8())
        .startsWith("{\"keys\":[{\"kty\":\"EC\"")
        .contains("\"use\":\"jwt-svid\",\"kid\":\"first\"")
        .doesNotContain("\"d\"", "x5c");
    rig.server.announceTokens(List.of(new TestTokens("second")));
    assertThat(stream.message().getBundlesOrThrow(TD).toStringUtf8())
        .contains("\"kid\":\"first\"", "\"kid\":\"second\"");
    rig.server.announceTokens(List.of());
    assertThat(stream.message()).isEqualTo(first);
  }

  @Test
  void aTokenOfATaintedAuthority_isNotHandedOutAgain() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    String before = token("x");
    var second = new TestTokens("second");
    rig.server.announceTokens(List.of(second));
    rig.server.signTokensWith(second);
    assertThat(token("x")).isEqualTo(before);
    rig.server.taintTokens("first");
    NodeRig.await("another token", () -> !token("x").equals(before));
    // What it signed is still valid: it is in the bundle until it is withdrawn.
    assertThat(validate("x", before).message().getSpiffeId()).isEqualTo(A);
  }

  @Test
  @DisplayName("WJ-15, WJ-16, WJ-17, WJ-19 validation with the own trust domain's keys")
  void validation() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    String token = token("x");
    assertEnd(validate("", token), Status.Code.INVALID_ARGUMENT, "audience must be specified");
    assertEnd(validate("x", ""), Status.Code.INVALID_ARGUMENT, "svid must be specified");
    ValidateJWTSVIDResponse valid = validate("x", token).message();
    assertThat(valid.getSpiffeId()).isEqualTo(A);
    var claims = valid.getClaims();
    assertThat(claims.getFieldsOrThrow("sub").getStringValue()).isEqualTo(A);
    assertThat(claims.getFieldsOrThrow("aud").getListValue().getValuesList())
        .containsExactly(Value.newBuilder().setStringValue("x").build());
    assertThat(claims.getFieldsOrThrow("exp").getNumberValue())
        .isEqualTo((double) rig.time.instant().plus(TestTokens.TTL).getEpochSecond());

    assertEnd(validate("y", token), Status.Code.INVALID_ARGUMENT, "audience: ");
    assertEnd(validate("x", token + "="), Status.Code.INVALID_ARGUMENT, "malformed: ");
    assertEnd(
        validate("x", new TestTokens("first").issue(A, List.of("x"), rig.time.instant(), "1")),
        Status.Code.INVALID_ARGUMENT,
        "signature: ");
    assertEnd(
        validate(
            "x",
            rig.server.tokens.issue(
                "spiffe://other.example/a", List.of("x"), rig.time.instant(), "1")),
        Status.Code.INVALID_ARGUMENT,
        "trust-domain: ");
    rig.time.advance(TestTokens.TTL);
    assertEnd(validate("x", token), Status.Code.INVALID_ARGUMENT, "expired: ");
  }

  @Test
  @DisplayName("WJ-17 aud is a list, whichever form the token has")
  void validationOfOtherForms() {
    rig.server.register("a", OWN_UID);
    rig.startAndWait();
    long exp = rig.time.instant().plusSeconds(60).getEpochSecond();
    String token =
        rig.server.tokens.sign(
            "{\"sub\":\""
                + A
                + "\",\"aud\":\"x\",\"exp\":"
                + exp
                + ",\"n\":null,\"b\":true,\"o\":{\"l\":[1.5]}}");
    var claims = validate("x", token).message().getClaims();
    assertThat(claims.getFieldsOrThrow("aud").getListValue().getValues(0).getStringValue())
        .isEqualTo("x");
    assertThat(claims.getFieldsOrThrow("n").hasNullValue()).isTrue();
    assertThat(claims.getFieldsOrThrow("b").getBoolValue()).isTrue();
    assertThat(
            claims
                .getFieldsOrThrow("o")
                .getStructValue()
                .getFieldsOrThrow("l")
                .getListValue()
                .getValues(0)
                .getNumberValue())
        .isEqualTo(1.5);
  }

  @Test
  void beforeTheServerHasSpokenNobodyIsToldAnything() {
    rig.server.holdRegistryBack();
    rig.start();
    assertEnd(ask("", "x"), Status.Code.UNAVAILABLE, "");
    assertEnd(bundles(), Status.Code.UNAVAILABLE, "");
  }
}
