package dev.credence.node;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.credence.proto.workload.JWTSVIDRequest;
import dev.credence.proto.workload.JWTSVIDResponse;
import io.grpc.Status;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/// Whatever callers bring about again and again, the node's log says once in ten seconds, and how
/// often it did not: where it is really said.
@NullUnmarked
@Timeout(120)
class CallerLogPlacesTest {
  private static final int TIMES = 20;
  private static final Status REFUSED = Status.PERMISSION_DENIED.withDescription("no");

  private final NodeRig rig = new NodeRig();
  private final Lines lines = new Lines();
  private final Logger logger = (Logger) LoggerFactory.getLogger("dev.credence.node");

  private static final class Lines extends AppenderBase<ILoggingEvent> {
    private final Queue<ILoggingEvent> all = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent line) {
      all.add(line);
    }

    private List<ILoggingEvent> of(String message) {
      return all.stream().filter(line -> line.getMessage().startsWith(message)).toList();
    }
  }

  @BeforeEach
  void listen() {
    lines.setContext(logger.getLoggerContext());
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void close() {
    rig.close();
    logger.detachAppender(lines);
  }

  private static Object leftOut(ILoggingEvent line) {
    List<KeyValuePair> pairs = line.getKeyValuePairs();
    return pairs.stream().filter(it -> it.key.equals("left_out")).findFirst().orElseThrow().value;
  }

  private void refusedCertificate() {
    rig.server.failNext(REFUSED);
    assertThat(rig.fetch().end().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
  }

  @Test
  void certificatesThatTheServerRefuses() {
    rig.server.register("a", NodeRig.OWN_UID);
    rig.startAndWait();
    for (int i = 0; i < TIMES; i++) {
      refusedCertificate();
    }
    assertThat(lines.of("no certificate")).hasSize(1);
    rig.time.advance(CallerLog.WINDOW);
    refusedCertificate();
    assertThat(lines.of("no certificate")).extracting(CallerLogPlacesTest::leftOut).contains(19L);
    assertThat(lines.of("no certificate")).hasSize(2);
  }

  private void refusedToken(io.grpc.ManagedChannel channel) {
    StreamProbe<JWTSVIDRequest, JWTSVIDResponse> probe = StreamProbe.greedy();
    NodeRig.workload(channel)
        .fetchJWTSVID(JWTSVIDRequest.newBuilder().addAudience("x").build(), probe);
    assertThat(probe.end().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
  }

  @Test
  void tokensThatTheServerRefuses() {
    rig.server.register("a", NodeRig.OWN_UID);
    rig.startAndWait();
    rig.server.failTokens(REFUSED);
    var channel = rig.connect();
    for (int i = 0; i < TIMES; i++) {
      refusedToken(channel);
    }
    assertThat(lines.of("no token")).hasSize(1);
    rig.time.advance(CallerLog.WINDOW);
    refusedToken(channel);
    assertThat(lines.of("no token")).extracting(CallerLogPlacesTest::leftOut).contains(19L);
    assertThat(lines.of("no token")).hasSize(2);
  }

  /// A defect of ours, which a caller found.
  @Test
  void callsThatFailWithinTheNode() {
    var callers = new Callers(null, null, null, new CallerLog(rig.time));
    for (int i = 0; i < TIMES; i++) {
      callers.failed(logger, "a call broke", new IllegalStateException("found by a caller"));
    }
    assertThat(lines.of("a call broke")).hasSize(1);
    rig.time.advance(CallerLog.WINDOW);
    callers.failed(logger, "a call broke", new IllegalStateException("found by a caller"));
    assertThat(lines.of("a call broke"))
        .extracting(ILoggingEvent::getMessage)
        .containsExactly("a call broke", "a call broke (19 times more since this was said last)");
  }
}
