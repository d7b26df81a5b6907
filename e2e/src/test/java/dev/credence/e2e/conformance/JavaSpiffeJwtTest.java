package dev.credence.e2e.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.e2e.rig.Rig;
import dev.credence.e2e.story.Await;
import io.spiffe.bundle.jwtbundle.JwtBundle;
import io.spiffe.exception.JwtSvidException;
import io.spiffe.spiffeid.SpiffeId;
import io.spiffe.spiffeid.TrustDomain;
import io.spiffe.svid.jwtsvid.JwtSvid;
import io.spiffe.workloadapi.DefaultJwtSource;
import io.spiffe.workloadapi.DefaultWorkloadApiClient;
import io.spiffe.workloadapi.JwtSource;
import io.spiffe.workloadapi.JwtSourceOptions;
import io.spiffe.workloadapi.WorkloadApiClient;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("java-spiffe, unmodified: the JWT profile")
class JavaSpiffeJwtTest {

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

  private JwtSource source() throws Exception {
    return DefaultJwtSource.newSource(
        JwtSourceOptions.builder()
            .spiffeSocketPath("unix:" + rig.node().socket())
            .initTimeout(SOON)
            .build());
  }

  private WorkloadApiClient client() throws Exception {
    return DefaultWorkloadApiClient.newClient(
        DefaultWorkloadApiClient.ClientOptions.builder()
            .spiffeSocketPath("unix:" + rig.node().socket())
            .build());
  }

  @Test
  @DisplayName("IO-02: a JwtSource gets a token and validates it with the bundle that it follows")
  void source_getsAndValidates() throws Exception {
    var agent = rig.agent("finance", "invoice-bot").jwt(true).forThisProcess();
    try (var source = source()) {
      JwtSvid svid = source.fetchJwtSvid(AUDIENCE, "another");
      assertThat(svid.getSpiffeId()).hasToString(agent.getSpiffeId());
      assertThat(svid.getAudience()).containsExactlyInAnyOrder(AUDIENCE, "another");
      assertThat(Duration.between(rig.clock().instant(), svid.getExpiry().toInstant()))
          .isBetween(Duration.ofSeconds(290), Duration.ofMinutes(5));
      JwtBundle bundle = source.getBundleForTrustDomain(TrustDomain.parse(rig.trustDomain()));
      assertThat(bundle.getJwtAuthorities()).hasSize(1);
      assertThat(JwtSvid.parseAndValidate(svid.getToken(), bundle, Set.of(AUDIENCE)).getSpiffeId())
          .isEqualTo(svid.getSpiffeId());
      assertThatThrownBy(
              () -> JwtSvid.parseAndValidate(svid.getToken(), bundle, Set.of("somebody-else")))
          .isInstanceOf(JwtSvidException.class);
    }
  }

  @Test
  @DisplayName(
      "IO-04: a JwtSource survives the node's restart: it gets and validates tokens after it")
  void source_survivesARestart() throws Exception {
    rig.agent("finance", "invoice-bot").jwt(true).forThisProcess();
    try (var source = source()) {
      var before = source.fetchJwtSvid(AUDIENCE).getToken();
      rig.node().stop();
      assertThatThrownBy(() -> source.fetchJwtSvid("another"))
          .as("nobody is there")
          .isInstanceOf(JwtSvidException.class);
      var bundle = source.getBundleForTrustDomain(TrustDomain.parse(rig.trustDomain()));
      assertThat(JwtSvid.parseAndValidate(before, bundle, Set.of(AUDIENCE)).getToken())
          .as("what was had before is valid, and can be checked")
          .isEqualTo(before);
      rig.node().start();
      var after =
          Await.answer(
              "a token of the restarted node",
              () -> token(source),
              token -> !token.isEmpty(),
              Duration.ofSeconds(60));
      assertThat(after).isNotEqualTo(before);
      assertThat(
              JwtSvid.parseAndValidate(
                      after,
                      source.getBundleForTrustDomain(TrustDomain.parse(rig.trustDomain())),
                      Set.of(AUDIENCE))
                  .getSpiffeId())
          .hasToString("spiffe://" + rig.trustDomain() + "/agent/finance/invoice-bot");
    }
  }

  private static String token(JwtSource source) {
    try {
      return source.fetchJwtSvid(AUDIENCE).getToken();
    } catch (JwtSvidException notYet) {
      return "";
    }
  }

  @Test
  @DisplayName("WJ-03 WJ-17: one of several identities, and the node's own validation")
  void client_asksAndValidates() throws Exception {
    rig.agent("finance", "invoice-bot").jwt(true).hint("bot").forThisProcess();
    var service = rig.service("finance", "ledger").hint("ledger").forThisProcess();
    try (var client = client()) {
      var id = SpiffeId.parse(service.getSpiffeId());
      var svid = client.fetchJwtSvid(id, AUDIENCE);
      assertThat(svid.getSpiffeId()).isEqualTo(id);
      assertThat(client.fetchJwtSvids(AUDIENCE)).hasSize(2);
      assertThat(client.validateJwtSvid(svid.getToken(), AUDIENCE).getSpiffeId()).isEqualTo(id);
      assertThatThrownBy(() -> client.validateJwtSvid(svid.getToken(), "somebody-else"))
          .isInstanceOf(JwtSvidException.class);
    }
  }
}
