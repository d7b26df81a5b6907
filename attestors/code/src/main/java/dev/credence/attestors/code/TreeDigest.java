package dev.credence.attestors.code;

import dev.credence.certs.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

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
    for (Map.Entry<byte[], TreeEntry> entry : sorted(entries)) {
      switch (entry.getValue()) {
        case TreeEntry.File file -> file(entry.getKey(), file, sha256);
        case TreeEntry.Link link -> link(entry.getKey(), link, sha256);
      }
    }
    return Sha256.fromBytes(sha256.digest());
  }

  /// By the bytes of the paths, which is not the order of their UTF-16 forms.
  private static List<Map.Entry<byte[], TreeEntry>> sorted(Collection<TreeEntry> entries) {
    return entries.stream()
        .map(entry -> Map.entry(entry.path().getBytes(StandardCharsets.UTF_8), entry))
        .sorted((a, b) -> Arrays.compareUnsigned(a.getKey(), b.getKey()))
        .collect(Collectors.toList());
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
