package dev.credence.platform.linux;

import java.util.Set;

/// File systems whose content only this machine's kernel serves. Any other one (network, FUSE,
/// shared with a host) may answer each reader otherwise, or never; those of the kernel's own state
/// (/proc, /sys) are none of files.
public final class LocalFileSystems {
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

  /// True for such a one.
  ///
  /// @param type as in /proc/PID/mountinfo
  public static boolean contains(String type) {
    return TYPES.contains(type);
  }

  /// True for one whose files a program makes up, which may be any user's (FUSE): it answers each
  /// reader otherwise if it likes, so what was read there tells nothing of what runs.
  ///
  /// @param type as in /proc/PID/mountinfo
  public static boolean isMadeUp(String type) {
    return type.equals("fuse") || type.equals("fuseblk") || type.startsWith("fuse.");
  }
}
