package dev.credence.attestors.code;

import dev.credence.certs.Sha256;

/// One thing in a tree of code. Folders are none: they are where their files are.
sealed interface TreeEntry {
  /// Relative to the tree's root, with `/` between names.
  String path();

  /// A regular file.
  ///
  /// @param executable its owner may execute it
  /// @param length in bytes
  /// @param digest of its content
  record File(String path, boolean executable, long length, Sha256 digest) implements TreeEntry {}

  /// A symbolic link.
  ///
  /// @param target as it is written in the link
  record Link(String path, String target) implements TreeEntry {}
}
