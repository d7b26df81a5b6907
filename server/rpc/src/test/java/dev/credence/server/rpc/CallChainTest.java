package dev.credence.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.credence.certs.Id;
import dev.credence.certs.Name;
import dev.credence.certs.Sha256;
import dev.credence.server.core.ServerException;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CallChainTest {
  @Test
  void limitsPerCallerAndForStrangers() throws Exception {
    var limits =
        new CallLimits(
            new CallLimits.Bounds(2, new CallLimits.Share(2, 2, 3), new CallLimits.Share(1, 2, 3)));
    Caller node = new Caller.Node(new Id(0, 1), "0a", Sha256.of(new byte[0]));
    CallLimits.Permit first = limits.enter(node);
    limits.enter(node);
    assertThatThrownBy(() -> limits.enter(node))
        .isInstanceOfSatisfying(
            ServerException.class,
            e -> assertThat(e.kind()).isEqualTo(ServerException.Kind.EXHAUSTED));
    first.close();
    first.close(); // twice gives back once
    limits.enter(node);
    assertThatThrownBy(() -> limits.enter(node)).isInstanceOf(ServerException.class);

    // another port of the same host is the same stranger; all strangers share a bound
    limits.enter(new Caller.Anonymous("192.0.2.1"));
    limits.enter(new Caller.Anonymous("192.0.2.1"));
    assertThatThrownBy(() -> limits.enter(new Caller.Anonymous("192.0.2.1")))
        .hasMessageContaining("too many open calls");
    limits.enter(new Caller.Anonymous("192.0.2.2"));
    assertThatThrownBy(() -> limits.enter(new Caller.Anonymous("192.0.2.3")))
        .hasMessageContaining("too many callers without an SVID");
    limits.enter(new Caller.Node(new Id(0, 2), "0a", Sha256.of(new byte[0])));
  }

  private static Caller returning(int node, String address) {
    return new Caller.ExpiredNode(
        new Id(0, node), "0a", Sha256.of(new byte[0]), Instant.EPOCH, address);
  }

  @Test
  void silentStrangers_keepNoReturningNodeWaiting() throws Exception {
    var limits = new CallLimits(CallLimits.Bounds.standard());
    int silent = 0;
    for (int address = 1; address <= 20; address++) {
      for (int call = 0; call < 20; call++) {
        try {
          limits.enter(new Caller.Anonymous("192.0.2." + address));
          silent++;
        } catch (ServerException e) {
          assertThat(e.kind()).isEqualTo(ServerException.Kind.EXHAUSTED);
        }
      }
      if (address == 2) {
        assertThat(silent).as("two addresses leave room for other strangers").isEqualTo(32);
        limits.enter(new Caller.Anonymous("198.51.100.1")).close();
      }
    }
    assertThat(silent).isEqualTo(256);
    limits.enter(returning(1, "192.0.2.1"));
  }

  @Test
  void returningNodes_haveAShareOfTheirOwn_andEachAddressAPart() throws Exception {
    var limits =
        new CallLimits(
            new CallLimits.Bounds(9, new CallLimits.Share(9, 9, 9), new CallLimits.Share(1, 2, 3)));
    CallLimits.Permit first = limits.enter(returning(1, "192.0.2.1"));
    assertThatThrownBy(() -> limits.enter(returning(1, "192.0.2.2")))
        .hasMessage("too many open calls (expected: at most 1)");
    limits.enter(returning(2, "192.0.2.1"));
    assertThatThrownBy(() -> limits.enter(returning(3, "192.0.2.1")))
        .hasMessage("too many open calls from one address (expected: at most 2)");
    limits.enter(returning(3, "192.0.2.2"));
    assertThatThrownBy(() -> limits.enter(returning(4, "192.0.2.3")))
        .hasMessage("too many nodes with expired SVIDs; try later");
    // The same nodes with valid SVIDs, and strangers, do not notice.
    limits.enter(new Caller.Node(new Id(0, 1), "0a", Sha256.of(new byte[0])));
    limits.enter(new Caller.Anonymous("192.0.2.1"));
    first.close();
    limits.enter(returning(4, "192.0.2.3"));
  }

  @Test
  void anIpv6Network_isOneAddress() {
    assertThat(Addresses.place("2001:db8:1:2:3:4:5:6"))
        .isEqualTo(Addresses.place("2001:db8:1:2:ffff::1"))
        .isNotEqualTo(Addresses.place("2001:db8:1:3::1"));
    assertThat(Addresses.place("192.0.2.1")).isNotEqualTo(Addresses.place("192.0.2.2"));
    assertThat(Addresses.place("unknown")).isEqualTo("unknown");
  }

  @Test
  void callsWithoutAnSvid_haveARateByAddress_inABoundedTable() throws Exception {
    var nanos = new AtomicLong();
    var rates = new AddressRates(new AddressRates.Rate(2, 3, 2), nanos::get);
    Caller one = new Caller.Anonymous("192.0.2.1");
    for (int i = 0; i < 3; i++) {
      rates.enter(one);
    }
    assertThatThrownBy(() -> rates.enter(one))
        .hasMessage(
            "too many calls without an SVID from one address (expected: at most 2 per second, 3 at once)");
    rates.enter(new Caller.Anonymous("192.0.2.2"));
    // No room in the table: these are counted together.
    for (int i = 3; i < 6; i++) {
      rates.enter(new Caller.Anonymous("192.0.2." + i));
    }
    assertThatThrownBy(() -> rates.enter(new Caller.Anonymous("192.0.2.9")))
        .isInstanceOf(ServerException.class);
    rates.enter(returning(1, "192.0.2.1"));
    nanos.addAndGet(500_000_000);
    rates.enter(one);
    nanos.addAndGet(9_000_000_000L);
    // Who was quiet is forgotten.
    rates.enter(new Caller.Anonymous("192.0.2.9"));
  }

  @Test
  void eachKeyOfAnAdministratorHasItsOwnOpenCalls() throws Exception {
    var limits =
        new CallLimits(
            new CallLimits.Bounds(1, new CallLimits.Share(1, 1, 1), new CallLimits.Share(1, 1, 1)));
    limits.enter(administrator(1));
    assertThatThrownBy(() -> limits.enter(administrator(1))).isInstanceOf(ServerException.class);
    limits.enter(administrator(2));
  }

  private static Caller administrator(int key) {
    return new Caller.Administrator(
        new Name("ada"), Sha256.of(new byte[] {(byte) key}), Instant.MAX);
  }

  @Test
  void aCallIsClosedOnceAndSilentAfterwards() {
    List<String> seen = new ArrayList<>();
    var once = new OnceClosedCall<>(new Recording(seen));
    once.sendMessage("one");
    once.close(Status.DEADLINE_EXCEEDED, new Metadata());
    once.sendMessage("two");
    once.sendHeaders(new Metadata());
    once.close(Status.OK, new Metadata());
    assertThat(seen).containsExactly("one", "DEADLINE_EXCEEDED");
  }

  private static final class Recording extends ServerCall<String, String> {
    private final List<String> seen;

    Recording(List<String> seen) {
      this.seen = seen;
    }

    @Override
    public void request(int count) {}

    @Override
    public void sendHeaders(Metadata headers) {
      seen.add("headers");
    }

    @Override
    public void sendMessage(String message) {
      seen.add(message);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      seen.add(status.getCode().name());
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public MethodDescriptor<String, String> getMethodDescriptor() {
      throw new UnsupportedOperationException();
    }
  }
}
