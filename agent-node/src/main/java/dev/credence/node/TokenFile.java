package dev.credence.node;

import dev.credence.attestors.join.JoinToken;
import dev.credence.platform.config.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A join token, read from a file that nobody else may read.
record TokenFile(Path file, JoinToken token) {

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
}
