package dev.credence.attestors.code;

import dev.credence.certs.Sha256;
import java.util.List;

/// A tree of code as it was read.
///
/// @param digest of all entries
/// @param entries in the order in which they were met
/// @param ignored what was left out
/// @param single it is a file that was named itself, not a folder
record Tree(Sha256 digest, List<TreeEntry> entries, Ignored ignored, boolean single) {
  Tree {
    entries = List.copyOf(entries);
  }

  /// Content of all files, in bytes.
  long bytes() {
    return entries.stream()
        .mapToLong(entry -> entry instanceof TreeEntry.File file ? file.length() : 0)
        .sum();
  }
}
