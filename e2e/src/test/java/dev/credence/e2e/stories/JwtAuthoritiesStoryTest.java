package dev.credence.e2e.stories;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.e2e.client.Admin;
import dev.credence.e2e.client.RequestIds;
import dev.credence.e2e.rig.Rig;
import dev.credence.e2e.story.Await;
import dev.credence.proto.admin.v1.AuthoritiesGrpc;
import dev.credence.proto.admin.v1.Authority;
import dev.credence.proto.admin.v1.ChangeAuthorityRequest;
import dev.credence.proto.admin.v1.ListAuthoritiesRequest;
import dev.credence.proto.admin.v1.PrepareAuthorityRequest;
import io.spiffe.svid.jwtsvid.JwtSvid;
import io.spiffe.workloadapi.DefaultJwtSource;
import io.spiffe.workloadapi.DefaultWorkloadApiClient;
import io.spiffe.workloadapi.JwtSource;
import io.spiffe.workloadapi.JwtSourceOptions;
import io.spiffe.workloadapi.WorkloadApiClient;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("JWT authorities follow on each other under constant calls")
class JwtAuthoritiesStoryTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  // A bundle holds eight of one server, and none is withdrawn while its tokens may be valid.
  private static final int ROTATIONS = 6;
  private static final String AUDIENCE = "spiffe://rig.example/service/finance/ledger";

  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicBoolean over = new AtomicBoolean();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();

  private static Authority active(Admin admin) {
    return admin
        .call(AuthoritiesGrpc::newBlockingStub)
        .listAuthorities(ListAuthoritiesRequest.newBuilder().setKind("jwt").build())
        .getAuthoritiesList()
        .stream()
        .filter(authority -> authority.getState().equals("active"))
        .findFirst()
        .orElseThrow();
  }

  private static ChangeAuthorityRequest.Builder change(String id) {
    return ChangeAuthorityRequest.newBuilder().setRequestId(RequestIds.next()).setId(id);
  }

  private static void rotate(Admin admin) throws Exception {
    var stub = admin.call(AuthoritiesGrpc::newBlockingStub);
    String before = active(admin).getId();
    String next =
        stub.prepareAuthority(
                PrepareAuthorityRequest.newBuilder()
                    .setRequestId(RequestIds.next())
                    .setKind("jwt")
                    .build())
            .getAuthority()
            .getId();
    Await.answer(
        "the node knows it",
        () -> stub.activateAuthority(change(next).setDryRun(true).build()),
        would -> would.getUnacknowledgedNodeIdsCount() == 0,
        SOON);
    var _ = stub.activateAuthority(change(next).build());
    var _ = stub.taintAuthority(change(before).build());
    assertThat(active(admin).getId()).isEqualTo(next);
  }

  /// One process asks for tokens, the other has them validated.
  private void callOnce(JwtSource source, WorkloadApiClient client) {
    try {
      JwtSvid svid = source.fetchJwtSvid(AUDIENCE);
      var validated = client.validateJwtSvid(svid.getToken(), AUDIENCE);
      if (!validated.getSpiffeId().equals(svid.getSpiffeId())) {
        failures.add(validated.getSpiffeId() + " (expected: " + svid.getSpiffeId() + ")");
      }
    } catch (Exception e) {
      failures.add(e.toString());
    }
    calls.incrementAndGet();
  }

  @Test
  @DisplayName("a JwtSource and ValidateJWTSVID, while the authority is replaced again and again")
  void rotation() throws Exception {
    try (var rig = Rig.start()) {
      var _ = rig.agent("finance", "invoice-bot").jwt(true).forThisProcess();
      String socket = "unix:" + rig.node().socket();
      try (JwtSource source =
              DefaultJwtSource.newSource(
                  JwtSourceOptions.builder().spiffeSocketPath(socket).initTimeout(SOON).build());
          WorkloadApiClient client =
              DefaultWorkloadApiClient.newClient(
                  DefaultWorkloadApiClient.ClientOptions.builder()
                      .spiffeSocketPath(socket)
                      .build())) {
        Thread calling =
            Thread.ofPlatform()
                .daemon()
                .start(() -> {
                  while (!over.get()) {
                    callOnce(source, client);
                  }
                });
        Await.answer("calls", calls::get, count -> count > 5, SOON);
        for (int i = 0; i < ROTATIONS; i++) {
          rotate(rig.admin());
          int soFar = calls.get();
          Await.answer("further calls", calls::get, count -> count > soFar + 3, SOON);
        }
        over.set(true);
        calling.join(SOON);
        String newest = active(rig.admin()).getId();
        assertThat(header(source.fetchJwtSvid(AUDIENCE))).contains("\"kid\":\"" + newest + "\"");
      }
    }
    assertThat(failures).as("of %d calls", calls.get()).isEmpty();
  }

  private static String header(JwtSvid svid) {
    String token = svid.getToken();
    return new String(
        java.util.Base64.getUrlDecoder().decode(token.substring(0, token.indexOf('.'))),
        java.nio.charset.StandardCharsets.UTF_8);
  }
}
