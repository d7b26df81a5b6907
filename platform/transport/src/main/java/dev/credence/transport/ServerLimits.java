package dev.credence.transport;

import io.grpc.netty.NettyServerBuilder;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// What one connection may take, in bytes, calls and time. Applied before any of our own code runs.
///
/// @param messageBytes largest message that is read
/// @param metadataBytes largest block of headers
/// @param flowControlWindow bytes that a peer may send ahead, on each call and on each connection
/// @param callsPerConnection concurrent calls on one connection
/// @param handshakeTimeout from accept to a finished TLS handshake and HTTP/2 preface
/// @param connectionAge a connection is asked to end after this time, and cut after twice of it, so
///   that a peer with a long call shows a fresh chain too (each call is validated as it begins)
/// @param keepAlive how often an idle peer is asked whether it is still there
public record ServerLimits(
    int messageBytes,
    int metadataBytes,
    int flowControlWindow,
    int callsPerConnection,
    Duration handshakeTimeout,
    Duration connectionAge,
    Duration keepAlive) {
  private static final Duration FOREVER = Duration.ofDays(3650);
  private static final Duration KEEP_ALIVE_ANSWER = Duration.ofSeconds(20);
  // Longer than our peers wait themselves: one of the two asks, not both.
  private static final Duration NETWORK_KEEP_ALIVE = Duration.ofSeconds(90);
  private static final Duration LEAST_KEEP_ALIVE_OF_A_PEER = Duration.ofSeconds(10);
  // A peer that opens and resets streams as fast as it can is disconnected (CVE-2023-44487).
  private static final int RESETS_PER_WINDOW = 400;
  private static final Duration RESET_WINDOW = Duration.ofSeconds(1);

  /// For a socket on the same host: connections may stay.
  public static ServerLimits local() {
    return new ServerLimits(
        1 << 20, 16 << 10, 1 << 20, 128, Duration.ofSeconds(10), FOREVER, Duration.ofMinutes(5));
  }

  /// For a socket on the same host that anybody may call, with requests of a few bytes.
  public static ServerLimits everyone() {
    return new ServerLimits(
        16 << 10, 16 << 10, 64 << 10, 128, Duration.ofSeconds(10), FOREVER, Duration.ofMinutes(5));
  }

  /// For the network.
  ///
  /// @param connectionAge at most a quarter of a peer's SVID's life: what keeps its chain fresh
  public static ServerLimits network(Duration connectionAge) {
    return new ServerLimits(
        1 << 20, 16 << 10, 1 << 20, 256, Duration.ofSeconds(10), connectionAge, NETWORK_KEEP_ALIVE);
  }

  /// Sets all of them on a builder.
  public NettyServerBuilder applyTo(NettyServerBuilder builder) {
    builder
        .maxInboundMessageSize(messageBytes)
        .maxInboundMetadataSize(metadataBytes)
        .flowControlWindow(flowControlWindow)
        .maxConcurrentCallsPerConnection(callsPerConnection)
        .maxRstFramesPerWindow(RESETS_PER_WINDOW, (int) RESET_WINDOW.toSeconds())
        .handshakeTimeout(handshakeTimeout.toMillis(), TimeUnit.MILLISECONDS)
        .keepAliveTime(keepAlive.toMillis(), TimeUnit.MILLISECONDS)
        .keepAliveTimeout(KEEP_ALIVE_ANSWER.toMillis(), TimeUnit.MILLISECONDS)
        .permitKeepAliveTime(LEAST_KEEP_ALIVE_OF_A_PEER.toMillis(), TimeUnit.MILLISECONDS)
        .permitKeepAliveWithoutCalls(true);
    if (connectionAge.compareTo(FOREVER) < 0) {
      builder
          .maxConnectionAge(connectionAge.toMillis(), TimeUnit.MILLISECONDS)
          .maxConnectionAgeGrace(connectionAge.toMillis(), TimeUnit.MILLISECONDS);
    }
    return builder;
  }
}
