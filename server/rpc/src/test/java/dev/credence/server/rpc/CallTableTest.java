package dev.credence.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.certs.Id;
import dev.credence.certs.Identity;
import dev.credence.certs.Name;
import dev.credence.certs.X509Svid;
import dev.credence.server.core.EnrollAdministrator.NewAdministrator;
import dev.credence.server.core.EnrollAdministrator.Ttls;
import dev.credence.server.core.Queries;
import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.RequestId;
import dev.credence.server.rig.RpcRig;
import dev.credence.server.rig.TestSvids;
import dev.credence.transport.TlsIdentity;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The table of who may call what, row by row, with real calls over real sockets.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CallTableTest {
  private RpcRig rig;
  private final Map<CallerKind, Channel> callers = new EnumMap<>(CallerKind.class);

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    rig = new RpcRig(folder);
    callers.put(CallerKind.ANONYMOUS, rig.anonymous());
    callers.put(CallerKind.NODE, rig.with(rig.svids.of(TestSvids.node())));
    callers.put(CallerKind.EXPIRED_NODE, rig.with(rig.svids.expired(TestSvids.node())));
    callers.put(CallerKind.AGENT, rig.with(rig.svids.of(TestSvids.agent())));
    callers.put(CallerKind.SERVICE, rig.with(rig.svids.of(TestSvids.service())));
    callers.put(CallerKind.ADMINISTRATOR, rig.with(operator("ada")));
    callers.put(CallerKind.OTHER_SVID, rig.with(rig.svids.of(new Identity.Server())));
    callers.put(CallerKind.LOCAL_ADMINISTRATOR, rig.administrator());
    callers.put(CallerKind.LOCAL_OTHER, rig.notAdministrator());
  }

  @AfterAll
  void stop() {
    rig.close();
  }

  /// Enrolled as one would be from another machine.
  private TlsIdentity operator(String name) throws Exception {
    var keys = TestSvids.keys();
    var enrolled =
        rig.core
            .administration()
            .enroll()
            .run(
                new Actor.LocalUid(0),
                request(),
                new NewAdministrator(
                    name, "operator", List.of(), "", new Ttls(Optional.empty(), Optional.empty())),
                "");
    var svid =
        rig.core
            .administration()
            .certificates()
            .redeem(
                new Actor.Anonymous("192.0.2.1"),
                request(),
                enrolled.token().contents().secret().reveal(),
                TestSvids.csr(keys));
    return rig.svids.fixed(X509Svid.of(svid.chain(), keys));
  }

  private static RequestId request() {
    return new RequestId(Id.random(new SecureRandom()));
  }

  private Channel caller(CallerKind kind) {
    return Objects.requireNonNull(callers.get(kind), kind.name());
  }

  @TestFactory
  List<DynamicTest> everyRowAndColumn() {
    List<DynamicTest> all = new ArrayList<>();
    CallTable.rows()
        .forEach((method, allowed) -> {
          for (CallerKind caller : CallerKind.values()) {
            boolean expected = allowed.contains(caller);
            all.add(
                DynamicTest.dynamicTest(
                    method + " by " + caller + (expected ? ": allowed" : ": refused"),
                    () -> assertThat(admitted(method, caller)).isEqualTo(expected)));
          }
        });
    return all;
  }

  private boolean admitted(String method, CallerKind caller) throws Exception {
    Outcome outcome = call(caller(caller), method);
    boolean refused =
        EnumSet.of(Status.Code.PERMISSION_DENIED, Status.Code.UNAUTHENTICATED)
                .contains(outcome.status().getCode())
            && String.valueOf(outcome.status().getDescription()).contains("may not");
    if (refused) {
      assertThat(outcome.trailers().get(Errors.ERROR)).isEqualTo("refused");
      assertThat(outcome.trailers().get(Errors.REQUEST_ID)).hasSize(26);
    } else {
      assertThat(outcome.status().getCode())
          .isNotIn(Status.Code.UNIMPLEMENTED, Status.Code.UNAVAILABLE, Status.Code.INTERNAL);
    }
    return !refused;
  }

  @Test
  void refusedCallsAreEvents() throws Exception {
    call(caller(CallerKind.AGENT), "credence.admin.v1.Owners/CreateOwner");
    var events =
        rig.core.queries().events(new Queries.EventQuery(0, Optional.empty(), "refused", ""), 1000);
    assertThat(events)
        .anySatisfy(view -> {
          assertThat(view.event().what().actor().label())
              .isEqualTo("svid:spiffe://example.org/agent/team/bot");
          assertThat(view.event().what().details())
              .containsEntry("operation", "credence.admin.v1.Owners/CreateOwner");
        });
  }

  @Test
  void anExpiredSvidOfAnybodyElse_isRefusedAsItConnects() throws Exception {
    Outcome outcome =
        call(rig.with(rig.svids.expired(TestSvids.agent())), "grpc.health.v1.Health/Check");
    assertThat(outcome.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    Outcome node =
        call(rig.with(rig.svids.expired(TestSvids.node())), "grpc.health.v1.Health/Check");
    assertThat(node.status().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(node.status().getDescription())
        .contains("its SVID expired at")
        .contains("expected: RenewNode first");
  }

  @Test
  void anAttestedProcessIsNoAdministrator() throws Exception {
    rig.attested(process -> process.pid() == ProcessHandle.current().pid());
    try {
      Outcome outcome = call(rig.administrator(), "credence.admin.v1.Trust/GetServerInfo");
      assertThat(outcome.status().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
      assertThat(outcome.status().getDescription()).contains("attested as an agent");
    } finally {
      rig.attested(_ -> false);
    }
  }

  @Test
  void anSvidOfAnAdministratorWhoIsNotKnown_opensNothing() throws Exception {
    var made = rig.with(rig.svids.of(new Identity.Administrator(new Name("mallory"))));
    for (String method : CallTable.rows().keySet()) {
      Outcome outcome = call(made, method);
      assertThat(outcome.status().getCode()).as(method).isEqualTo(Status.Code.PERMISSION_DENIED);
    }
  }

  @Test
  void anOwnerWhoIsCalledAdmin_makesNobodyOne() throws Exception {
    for (Identity named :
        List.of(
            new Identity.Agent(new Name("admin"), new Name("ada")),
            new Identity.Service(new Name("admin"), new Name("ada")))) {
      var caller = rig.with(rig.svids.of(named));
      for (var row : CallTable.rows().entrySet()) {
        if (row.getValue().contains(CallerKind.ADMINISTRATOR)
            && !row.getValue().contains(CallerKind.AGENT)) {
          Outcome outcome = call(caller, row.getKey());
          assertThat(outcome.status().getCode())
              .as(named + " " + row.getKey())
              .isEqualTo(Status.Code.PERMISSION_DENIED);
        }
      }
    }
  }

  @Test
  void anotherKeyThanThePinnedOne_opensNothing() throws Exception {
    var _ = operator("eve");
    var forged = rig.with(rig.svids.of(new Identity.Administrator(new Name("eve"))));
    Outcome outcome = call(forged, "credence.admin.v1.Owners/ListOwners");
    assertThat(outcome.status().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(outcome.status().getDescription()).contains("another key");
  }

  @Test
  void unknownMethodsAreNobodys() {
    for (CallerKind caller : CallerKind.values()) {
      assertThat(CallTable.allows("credence.admin.v1.Owners/DeleteEverything", caller)).isFalse();
    }
  }

  @Test
  void aMethodWithoutARowStopsTheStart() {
    List<String> served = new ArrayList<>(CallTable.rows().keySet());
    CallTable.requireCovers(served);
    served.add("credence.admin.v1.Owners/DeleteEverything");
    assertThatThrownBy(() -> CallTable.requireCovers(served))
        .hasMessageContaining("methods without a row [credence.admin.v1.Owners/DeleteEverything]");
    served.remove("credence.admin.v1.Trust/GetBundle");
    assertThatThrownBy(() -> CallTable.requireCovers(served))
        .hasMessageContaining("rows without a method [credence.admin.v1.Trust/GetBundle]");
  }

  private record Outcome(Status status, Metadata trailers) {}

  /// One empty message, then half-close; a stream that the server keeps open counts as admitted at
  /// its first sign of life.
  private static Outcome call(Channel channel, String method) throws Exception {
    boolean openEnded = method.endsWith("/FollowEvents") || method.endsWith("/Watch");
    var descriptor =
        MethodDescriptor.<byte[], byte[]>newBuilder(new Bytes(), new Bytes())
            .setType(MethodType.BIDI_STREAMING)
            .setFullMethodName(method)
            .build();
    var outcome = new CompletableFuture<Outcome>();
    ClientCall<byte[], byte[]> call =
        channel.newCall(descriptor, CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS));
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(byte[] message) {
            if (openEnded) {
              outcome.complete(new Outcome(Status.OK, new Metadata()));
            }
            call.request(1);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            outcome.complete(new Outcome(status, trailers));
          }
        },
        new Metadata());
    call.request(1);
    call.sendMessage(new byte[0]);
    call.halfClose();
    try {
      return outcome.get(60, TimeUnit.SECONDS);
    } finally {
      call.cancel("done", null);
    }
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
