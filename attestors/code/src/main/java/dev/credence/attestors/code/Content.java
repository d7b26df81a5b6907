package dev.credence.attestors.code;

import dev.credence.certs.Sha256;

/// What is in a file.
///
/// @param length in bytes
record Content(long length, Sha256 digest) {}
