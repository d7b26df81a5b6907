package dev.credence.attestors.linux;

import java.util.Set;

/// File systems whose content only this machine's kernel serves. With any other (network, FUSE,
/// shared with a host), what we read need not be what the process executed, so it counts as
/// `claimed`.
final class LocalFileSystems {
  private static final Set<String> TYPES =
      Set.of(
          "ext2",
          "ext3",
          "ext4",
          "xfs",
          "btrfs",
          "f2fs",
          "jfs",
          "reiserfs",
          "nilfs2",
          "bcachefs",
          "zfs",
          "tmpfs",
          "ramfs",
          "rootfs",
          "devtmpfs",
          "overlay",
          "squashfs",
          "erofs",
          "cramfs",
          "iso9660",
          "udf",
          "vfat",
          "exfat",
          "ntfs3");

  private LocalFileSystems() {}

  static boolean contains(String type) {
    return TYPES.contains(type);
  }
}
