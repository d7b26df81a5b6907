package dev.credence.attestors.code;

import dev.credence.certs.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;

/// The digest of a tree of code, as docs/spec/code-tree.md defines it. Each part has a fixed length
/// or says its length first, so that no two trees are the same bytes.
final class TreeDigest {
  private static final String DOMAIN = "credence code tree 1\n";
  private static final byte FILE = 'F';
  private static final byte LINK = 'L';

  private TreeDigest() {}

  /// @param entries in any order, each path once
  static Sha256 of(Collection<TreeEntry> entries, MessageDigest sha256) {
    sha256.update(DOMAIN.getBytes(StandardCharsets.US_ASCII));
    for (TreeEntry entry : entries.stream().sorted(TreeDigest::order).toList()) {
      byte[] path = entry.path().getBytes(StandardCharsets.UTF_8);
      switch (entry) {
        case TreeEntry.File file -> file(path, file, sha256);
        case TreeEntry.Link link -> link(path, link, sha256);
      }
    }
    return Sha256.fromBytes(sha256.digest());
  }

  /// By code points, which is the order of the bytes in UTF-8, and not that of UTF-16. Without
  /// making these bytes for all of a large tree at once.
  static int order(TreeEntry one, TreeEntry other) {
    String a = one.path();
    String b = other.path();
    int same = 0;
    while (same < a.length() && same < b.length() && a.charAt(same) == b.charAt(same)) {
      same++;
    }
    if (same == a.length() || same == b.length()) {
      return Integer.compare(a.length(), b.length());
    }
    // Inside a pair of surrogates the first halves are equal, and the second ones tell.
    return Integer.compare(a.codePointAt(same), b.codePointAt(same));
  }

  private static void file(byte[] path, TreeEntry.File file, MessageDigest sha256) {
    sha256.update(FILE);
    text(path, sha256);
    sha256.update((byte) (file.executable() ? 1 : 0));
    sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(file.length()).flip());
    sha256.update(file.digest().bytes());
  }

  private static void link(byte[] path, TreeEntry.Link link, MessageDigest sha256) {
    sha256.update(LINK);
    text(path, sha256);
    text(link.target().getBytes(StandardCharsets.UTF_8), sha256);
  }

  private static void text(byte[] bytes, MessageDigest sha256) {
    sha256.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
    sha256.update(bytes);
  }
}
