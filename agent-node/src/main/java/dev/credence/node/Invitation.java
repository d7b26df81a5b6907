package dev.credence.node;

import dev.credence.attestors.NodeProver;
import dev.credence.attestors.join.JoinTokenProver;
import dev.credence.attestors.x509pop.X509PopProver;
import dev.credence.certs.Certificates;
import dev.credence.certs.PrivateKeys;
import dev.credence.certs.Sha256;
import dev.credence.certs.SvidException;
import dev.credence.platform.config.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What lets this machine become a node: how it shows itself, to which server, and by which keys
/// that server is known.
///
/// @param pins digests of the keys of the server's authorities
/// @param token which counts once and is deleted then; empty: there is none, and it stays good
record Invitation(
    Membership membership, Set<Sha256> pins, NodeProver prover, Optional<TokenFile> token) {
  private static final long LONGEST_FILE = 256 * 1024;

  Invitation {
    pins = Set.copyOf(pins);
  }

  static Invitation of(TokenFile file) {
    return new Invitation(
        new Membership(file.token().trustDomain(), file.token().servers()),
        Set.copyOf(file.token().pins()),
        new JoinTokenProver(file.token().secret()),
        Optional.of(file));
  }

  /// By a certificate that the machine has.
  ///
  /// @throws StartException naming the file and what is wrong with it
  static Invitation of(NodeConfig.X509Pop files, Membership membership, Seams seams)
      throws StartException {
    List<X509Certificate> chain = certificates(files.certificates());
    KeyPair keys = key(files.key(), seams);
    if (!Arrays.equals(
        keys.getPublic().getEncoded(), chain.getFirst().getPublicKey().getEncoded())) {
      throw new StartException(
          Text.of(
              "%s is not the key of the first certificate in %s",
              files.key(), files.certificates()));
    }
    Set<Sha256> pins =
        certificates(files.bundle()).stream()
            .map(Certificates::spkiDigest)
            .collect(Collectors.toUnmodifiableSet());
    return new Invitation(
        membership,
        pins,
        new X509PopProver(chain, keys.getPrivate(), seams.random()),
        Optional.empty());
  }

  private static List<X509Certificate> certificates(Path file) throws StartException {
    try {
      List<X509Certificate> found = Certificates.parsePem(read(file));
      if (found.isEmpty()) {
        throw new StartException(Text.of("%s has no certificate (expected: PEM)", file));
      }
      return found;
    } catch (SvidException e) {
      throw new StartException(Text.of("%s: %s", file, e.getMessage()), e);
    }
  }

  private static KeyPair key(Path file, Seams seams) throws StartException {
    try {
      if (!PrivateFiles.isPrivate(file.toRealPath())) {
        throw new StartException(
            Text.of("%s may be read by others (expected: mode 0600 or 0400)", file));
      }
      return PrivateKeys.parsePem(read(file), seams.crypto());
    } catch (IOException e) {
      throw new StartException(Text.of("%s cannot be read: %s", file, e.getMessage()), e);
    } catch (SvidException e) {
      throw new StartException(Text.of("%s: %s", file, e.getMessage()), e);
    }
  }

  private static String read(Path file) throws StartException {
    try {
      if (Files.size(file) > LONGEST_FILE) {
        throw new StartException(Text.of("%s is too large", file));
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw new StartException(Text.of("%s cannot be read: %s", file, e.getMessage()), e);
    }
  }
}
