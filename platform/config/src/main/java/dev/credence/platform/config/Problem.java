package dev.credence.platform.config;

/// One thing wrong with a file; the line serves to sort.
record Problem(int line, String text) {}
