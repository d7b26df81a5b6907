package dev.credence.platform.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/// Reads a YAML file against the keys that a component knows. An unknown key, a key twice, a
/// missing required key, a value that doesn't parse: all are reported together, with file, line and
/// the nearest right key.
public final class ConfigReader {
  private static final long MAX_BYTES = 1 << 20;

  private ConfigReader() {}

  /// Reads the file as UTF-8; relative paths in it are resolved against its folder ({@link
  /// ConfigDocument#resolve}).
  public static ConfigDocument read(Path file, Collection<? extends Key<?>> keys)
      throws ConfigException {
    Path folder = file.toAbsolutePath().getParent();
    return new KeyCheck(file.toString(), folder == null ? Path.of("/") : folder, keys)
        .check(text(file));
  }

  /// The same for text that is at hand.
  ///
  /// @param file how the problems call it
  /// @param folder what relative paths are resolved against
  public static ConfigDocument parse(
      String file, Path folder, String text, Collection<? extends Key<?>> keys)
      throws ConfigException {
    return new KeyCheck(file, folder, keys).check(text);
  }

  private static String text(Path file) throws ConfigException {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new ConfigException(
            List.of(
                String.format(
                    Locale.ROOT,
                    "%s: %d bytes (expected: at most 1 MiB)",
                    file,
                    Files.size(file))));
      }
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new ConfigException(List.of(String.format(Locale.ROOT, "%s: no such file", file)));
    } catch (CharacterCodingException e) {
      throw new ConfigException(List.of(String.format(Locale.ROOT, "%s: not UTF-8", file)));
    } catch (IOException e) {
      throw new ConfigException(
          List.of(String.format(Locale.ROOT, "%s: cannot be read: %s", file, e.getMessage())));
    }
  }
}
