package dev.credence.server.app;

/// What is worth a log line.
public enum LogLevel {
  ERROR,
  WARN,
  INFO,
  DEBUG
}
