package dev.credence.attestors.code;

import dev.credence.platform.linux.FileStat;
import dev.credence.platform.linux.NewFile;
import dev.credence.platform.linux.NewFolder;
import dev.credence.platform.linux.ReadFile;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Copies one folder of a tree, and digests what it copied. The folder is made when the first thing
/// comes into it: empty ones are not part of a tree. For one thread.
final class CopySink implements TreeSink {
  /// Makes the folder.
  private interface Maker {
    NewFolder make() throws IOException;
  }

  private final ContentReader reader;
  private final Maker maker;
  private @Nullable NewFolder made;

  private CopySink(ContentReader reader, Maker maker) {
    this.reader = reader;
    this.maker = maker;
  }

  /// Copies into a folder of this name.
  static CopySink into(NewFolder parent, String name, ContentReader reader) {
    return new CopySink(reader, () -> parent.folder(name));
  }

  private NewFolder made() throws IOException {
    NewFolder folder = made;
    if (folder == null) {
      folder = maker.make();
      made = folder;
    }
    return folder;
  }

  @Override
  public TreeSink folder(String name) {
    return new CopySink(reader, () -> made().folder(name));
  }

  @Override
  public Content file(String name, String path, ReadFile file, FileStat stat)
      throws IOException, CodeRefusedException {
    try (NewFile copy = made().file(name)) {
      Content content = reader.read(path, file, stat, Optional.of(copy));
      copy.seal(TreeReader.executable(stat));
      return content;
    }
  }

  @Override
  public void link(String name, String target) throws IOException {
    made().link(name, target);
  }

  @Override
  public void seal() throws IOException {
    NewFolder folder = made;
    if (folder != null) {
      folder.seal();
    }
  }

  @Override
  public void close() {
    NewFolder folder = made;
    if (folder != null) {
      folder.close();
    }
  }
}
