package dev.credence.node.launch;

import dev.credence.attestors.Evidence;
import dev.credence.platform.linux.FileStat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Measures code into copies that only the node can change. Thread-safe.
public interface CodeCopies {
  /// What is to be measured, and with whose rights it is read.
  ///
  /// @param folder canonical
  /// @param entry path within it
  record Request(Path folder, Optional<String> entry, Reader reader) {}

  /// Whose rights.
  ///
  /// @param uid unsigned
  /// @param gid unsigned
  /// @param groups further groups, unsigned
  record Reader(int uid, int gid, List<Integer> groups) {
    public Reader {
      groups = List.copyOf(groups);
    }
  }

  /// A copy that stays as it is until it is closed.
  interface Copy extends AutoCloseable {
    /// Canonical path of its folder.
    Path folder();

    /// What it was found to be, vouched for by the launcher; or as a file, where a process of that
    /// user could change the copy.
    ///
    /// @param uid of the process that runs from it, unsigned
    List<Evidence> evidence(int uid);

    /// True if that is its folder, as it was when it was admitted: not another one under that path.
    boolean isFolder(FileStat seen);

    /// True if it still is what was measured. May read all of it, where it was changed or is new.
    boolean isIntact();

    @Override
    void close();
  }

  /// Measures and copies.
  ///
  /// @throws IOException with a line for the caller if it cannot be measured or kept
  Copy admit(Request request) throws IOException;
}
