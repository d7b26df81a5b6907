package dev.credence.attestors.code;

import dev.credence.platform.linux.FileStat;
import dev.credence.platform.linux.ReadFile;
import java.io.IOException;

/// What becomes of one folder of a tree while it is read. For one thread.
interface TreeSink extends AutoCloseable {
  /// A folder in this one.
  TreeSink folder(String name) throws IOException;

  /// A regular file in this folder.
  ///
  /// @param path from the root, for messages
  /// @param stat what the kernel says of the opened file
  Content file(String name, String path, ReadFile file, FileStat stat)
      throws IOException, CodeRefusedException;

  /// A link in this folder.
  void link(String name, String target) throws IOException;

  /// Nothing more comes into this folder.
  void seal() throws IOException;

  @Override
  void close();
}
