package dev.credence.server.app;

import dev.credence.platform.config.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/// Reads a password from a file each time it is asked for. What it throws names the file, never
/// what is in it.
record PasswordFile(Optional<Path> file) implements Supplier<Optional<String>> {
  private static final int MOST_BYTES = 1024;

  @Override
  public Optional<String> get() {
    return file.map(PasswordFile::read);
  }

  private static String read(Path file) {
    try {
      if (!PrivateFiles.isPrivate(file)) {
        throw new IOException(
            "password file "
                + file
                + ": others may read it (expected: its owner alone, mode 0600)");
      }
      try (InputStream in = Files.newInputStream(file)) {
        String text = new String(in.readNBytes(MOST_BYTES + 1), StandardCharsets.UTF_8);
        String word = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        if (text.length() > MOST_BYTES || word.isEmpty() || word.contains("\n")) {
          throw new IOException(
              "password file " + file + ": not one line (expected: the password, at most 1 KiB)");
        }
        return word;
      }
    } catch (NoSuchFileException e) {
      throw new UncheckedIOException(
          "password file " + file + ": not there (expected: the password)", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }
}
