package dev.credence.attestors.code;

import dev.credence.platform.linux.FileStat;
import dev.credence.platform.linux.ReadFile;
import java.io.IOException;
import java.util.Optional;

/// Measures, and keeps nothing.
///
/// @param known only what is remembered counts; a file that must be read ends the measuring
record MeasureSink(ContentReader reader, boolean known) implements TreeSink {
  /// A file was met that must be read.
  static final class UnknownContentException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public TreeSink folder(String name) {
    return this;
  }

  @Override
  public Content file(String name, String path, ReadFile file, FileStat stat)
      throws IOException, CodeRefusedException {
    Optional<Content> remembered = reader.recall(path, stat);
    if (remembered.isPresent()) {
      return remembered.get();
    }
    if (known) {
      throw new UnknownContentException();
    }
    return reader.read(path, file, stat, Optional.empty());
  }

  @Override
  public void link(String name, String target) {}

  @Override
  public void seal() {}

  @Override
  public void close() {}
}
