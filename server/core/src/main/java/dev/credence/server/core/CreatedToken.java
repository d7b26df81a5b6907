package dev.credence.server.core;

import dev.credence.attestors.join.JoinToken;
import java.time.Instant;

/// A join token as it leaves the server, once. The token never prints its secret.
public record CreatedToken(JoinToken token, Instant expiresAt) {}
