package dev.credence.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.credence.proto.workload.SpiffeWorkloadAPIGrpc;
import dev.credence.proto.workload.X509SVIDResponse;
import dev.credence.transport.ReadableRequests;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What comes in over the socket and is no call at all.
class HostileBytesTest {
  private final NodeRig rig = new NodeRig();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void connectionsThatSayNothingOrNonsenseLeaveNothingBehind() throws IOException {
    rig.server.register("a", NodeRig.OWN_UID);
    rig.startAndWait();
    var library = new Failures();
    Logger grpc = Logger.getLogger("io.grpc");
    grpc.addHandler(library);
    try {
      for (int i = 0; i < 500; i++) {
        connectAndClose(i % 2 == 0 ? "" : "GET / HTTP/1.1\r\n\r\n");
      }
      // Until the node has seen that they are gone, they count as this user's.
      NodeRig.await("the next caller is served", this::isServed);
    } finally {
      grpc.removeHandler(library);
    }
    // gRPC catches what a listener of connections throws, and then keeps the connection for good.
    assertThat(library.thrown).isEmpty();
  }

  @Test
  void aRequestThatIsNoMessageIsInvalidArgument() {
    rig.server.register("a", NodeRig.OWN_UID);
    rig.startAndWait();
    var method =
        SpiffeWorkloadAPIGrpc.getFetchX509SVIDMethod().toBuilder(
                new Bytes(), SpiffeWorkloadAPIGrpc.getFetchX509SVIDMethod().getResponseMarshaller())
            .build();
    var channel =
        io.grpc.ClientInterceptors.intercept(
            rig.connect(), MetadataUtils.newAttachHeadersInterceptor(NodeRig.header("true")));
    StreamProbe<byte[], X509SVIDResponse> probe = StreamProbe.greedy();
    ClientCalls.asyncServerStreamingCall(
        channel.newCall(method, CallOptions.DEFAULT), new byte[] {-1, -1, -1, -1}, probe);
    Status end = probe.end();
    assertThat(end.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(end.getDescription()).isEqualTo(ReadableRequests.MESSAGE);
    assertThat(rig.fetch().message().getSvidsCount()).isEqualTo(1);
  }

  private boolean isServed() {
    Object first = rig.fetch().next(StreamProbe.PATIENCE);
    return first instanceof X509SVIDResponse answer && answer.getSvidsCount() == 1;
  }

  private void connectAndClose(String said) throws IOException {
    try (var socket = SocketChannel.open(UnixDomainSocketAddress.of(rig.socket()))) {
      socket.write(ByteBuffer.wrap(said.getBytes(StandardCharsets.US_ASCII)));
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("Broken pipe");
    }
  }

  private static final class Failures extends Handler {
    private final Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();

    @Override
    public void publish(LogRecord entry) {
      if (entry.getThrown() instanceof RuntimeException e) {
        thrown.add(e);
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      throw new UnsupportedOperationException("only sends");
    }
  }
}
