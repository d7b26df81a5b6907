package dev.credence.node;

import dev.credence.attestors.join.JoinToken;
import dev.credence.certs.Sha256;
import dev.credence.platform.config.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A join token, read from a file that nobody else may read.
record TokenFile(Path file, JoinToken token) {
  private static final Logger LOG = LoggerFactory.getLogger(TokenFile.class);

  /// Empty if there is no such file.
  ///
  /// @throws StartException if others may read it, or it holds something else
  static Optional<TokenFile> read(Path file) throws StartException {
    try {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      if (!PrivateFiles.isPrivate(file.toRealPath())) {
        throw new StartException(
            Text.of(
                "join token file %s may be read by others (expected: mode 0600 or 0400)", file));
      }
      if (Files.size(file) > 2L * JoinToken.LONGEST) {
        throw new StartException(Text.of("join token file %s is too large", file));
      }
      return Optional.of(new TokenFile(file, JoinToken.parse(Files.readString(file))));
    } catch (IOException e) {
      throw new StartException(
          Text.of("join token file %s cannot be read: %s", file, e.getMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new StartException(Text.of("join token file %s: %s", file, e.getMessage()), e);
    }
  }

  /// By what it is known again once it was used; it tells nothing of the secret, which is random.
  Sha256 digest() {
    return token.secret().digest();
  }

  /// A token that was used is of no use to anybody, but still a secret.
  void forget() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.atInfo()
          .addKeyValue("file", file)
          .log("the join token is used up; its file could not be deleted");
    }
  }
}
