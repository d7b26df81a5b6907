package dev.credence.server.core;

import dev.credence.certs.JwtBundle;
import dev.credence.certs.X509Bundle;
import java.time.Duration;

/// The trust domain's authorities, numbered. Immutable.
///
/// @param sequence rises with each change
/// @param refreshHint how often a reader without a stream should look again
/// @param jwt those that sign JWT-SVIDs
public record TrustBundle(long sequence, Duration refreshHint, X509Bundle bundle, JwtBundle jwt) {}
