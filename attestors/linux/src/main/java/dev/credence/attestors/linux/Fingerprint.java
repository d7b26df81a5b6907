package dev.credence.attestors.linux;

import dev.credence.certs.Sha256;

/// What the content of an executable says.
///
/// @param digest of all of it
/// @param interpreter it has the marks of a program that runs other programs
record Fingerprint(Sha256 digest, boolean interpreter) {}
