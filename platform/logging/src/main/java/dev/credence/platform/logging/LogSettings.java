package dev.credence.platform.logging;

/// How a daemon's log is written.
public record LogSettings(LogLevel level, LogFormat format) {}
