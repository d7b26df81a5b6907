package dev.credence.attestors.code;

import dev.credence.certs.Sha256;

/// One file of a measured tree. Immutable.
///
/// @param path within the tree
/// @param digest of its content
public record MeasuredFile(String path, Sha256 digest) {}
