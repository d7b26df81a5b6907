package dev.credence.platform.logging;

/// The least severity that is logged.
public enum LogLevel {
  ERROR,
  WARN,
  INFO,
  DEBUG
}
