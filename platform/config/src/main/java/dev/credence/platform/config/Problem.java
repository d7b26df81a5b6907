package dev.credence.platform.config;

/// One thing wrong with a file; the line serves to sort.
///
/// @param text for people, with file and line
public record Problem(int line, String text) {}
