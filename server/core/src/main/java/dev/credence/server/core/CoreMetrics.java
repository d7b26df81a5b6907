package dev.credence.server.core;

import java.time.Duration;

/// What the core counts; server/app shows it. Thread-safe, cheap, never throws.
public interface CoreMetrics {
  /// A certificate left the server.
  ///
  /// @param holder "agent", "service", "node" or "server"
  /// @param signing time taken to build, sign and check it
  void svidIssued(String holder, Duration signing);

  /// A JWT-SVID left the server.
  ///
  /// @param holder "agent" or "service"
  /// @param signing time taken to write, sign and check it
  void jwtSvidIssued(String holder, Duration signing);

  /// A call was refused.
  void refused(ServerException.Kind kind);

  /// Nodes with an open stream, now.
  void nodesConnected(int count);

  /// Number of the newest registry change that was published.
  void registryNumber(long number);

  /// Number of the newest event that was committed.
  void eventNumber(long number);

  /// Counts nothing.
  static CoreMetrics none() {
    return new CoreMetrics() {
      @Override
      public void svidIssued(String holder, Duration signing) {}

      @Override
      public void jwtSvidIssued(String holder, Duration signing) {}

      @Override
      public void refused(ServerException.Kind kind) {}

      @Override
      public void nodesConnected(int count) {}

      @Override
      public void registryNumber(long number) {}

      @Override
      public void eventNumber(long number) {}
    };
  }
}
