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
import org.junit.jupiter.api.Test;

class CallChainTest {
  @Test
  void limitsPerCallerAndForStrangers() throws Exception {
    var limits = new CallLimits(new CallLimits.Bounds(2, 2, 3));
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

  @Test
  void eachKeyOfAnAdministratorHasItsOwnOpenCalls() throws Exception {
    var limits = new CallLimits(new CallLimits.Bounds(1, 1, 1));
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
