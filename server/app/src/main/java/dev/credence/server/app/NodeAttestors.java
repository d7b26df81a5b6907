package dev.credence.server.app;

import dev.credence.attestors.NodeVerifier;
import dev.credence.attestors.x509pop.PopAuthorities;
import dev.credence.attestors.x509pop.X509PopVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// How nodes may join beside the join token.
///
/// @param x509popCa file with the authorities of machines' certificates; empty: not this way
public record NodeAttestors(Optional<Path> x509popCa) {
  List<NodeVerifier> open(Clock clock, SecureRandom random) throws IOException {
    if (x509popCa.isEmpty()) {
      return List.of();
    }
    Path file = x509popCa.get();
    try {
      return List.of(
          new X509PopVerifier(PopAuthorities.parse(Files.readString(file)), clock, random));
    } catch (IllegalArgumentException e) {
      throw new IOException("node_attestors.x509pop.ca_file " + file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new IOException(
          "node_attestors.x509pop.ca_file " + file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
