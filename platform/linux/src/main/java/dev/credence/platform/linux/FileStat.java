package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/// What statx(2) says about a file, from the kernel's memory: no request is sent to a network or
/// FUSE file system, which could let us wait for ever.
///
/// @param version tells one content from another
/// @param mode type and permission bits
/// @param uid owner, unsigned
/// @param gid group, unsigned
/// @param links number of names of the inode; 0: deleted
/// @param mountId the mount through which it was reached, as in /proc/PID/mountinfo
public record FileStat(FileVersion version, int mode, int uid, int gid, int links, long mountId) {
  private static final int SIZE = 256;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int AT_NO_AUTOMOUNT = 0x800;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int AT_STATX_DONT_SYNC = 0x4000;
  private static final int STATX_BASIC_STATS = 0x7ff;
  private static final int STATX_MNT_ID = 0x1000;
  private static final int TYPE = 0xf000;
  private static final int REGULAR = 0x8000;

  /// Follows a link at the end of the path, the kernel's own links in /proc included.
  static FileStat following(int directory, String path) throws SystemCallException {
    return read(directory, path, 0);
  }

  /// Of the link itself.
  static FileStat notFollowing(int directory, String path) throws SystemCallException {
    return read(directory, path, AT_SYMLINK_NOFOLLOW);
  }

  static FileStat ofDescriptor(int fd) throws SystemCallException {
    return read(fd, "", AT_EMPTY_PATH);
  }

  private static FileStat read(int directory, String path, int flags) throws SystemCallException {
    try (Libc libc = Libc.frame()) {
      MemorySegment answer = libc.allocate(SIZE, 8);
      int allFlags = flags | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
      long result = libc.statx(directory, path, allFlags, STATX_BASIC_STATS | STATX_MNT_ID, answer);
      if (result < 0) {
        throw new SystemCallException("statx(" + Quoted.of(path) + ")", result);
      }
      // Kernels before 5.8 do not know STATX_MNT_ID and leave the bit away.
      boolean knowsMount = (answer.get(JAVA_INT, 0) & STATX_MNT_ID) != 0;
      return new FileStat(
          version(answer),
          Short.toUnsignedInt(answer.get(JAVA_SHORT, 28)),
          answer.get(JAVA_INT, 20),
          answer.get(JAVA_INT, 24),
          answer.get(JAVA_INT, 16),
          knowsMount ? answer.get(JAVA_LONG, 144) : -1);
    }
  }

  private static FileVersion version(MemorySegment answer) {
    return new FileVersion(
        device(answer.get(JAVA_INT, 136), answer.get(JAVA_INT, 140)),
        answer.get(JAVA_LONG, 32),
        nanos(answer, 112),
        nanos(answer, 96),
        answer.get(JAVA_LONG, 40));
  }

  /// Seconds come from the file system and may be anything, so this wraps around rather than
  /// failing.
  private static long nanos(MemorySegment answer, long offset) {
    return answer.get(JAVA_LONG, offset) * 1_000_000_000L + answer.get(JAVA_INT, offset + 8);
  }

  /// The number as stat(2) and `stat -c %d` show it.
  private static long device(int major, int minor) {
    return ((major & 0xfffff000L) << 32)
        | ((major & 0xfffL) << 8)
        | ((minor & 0xffffff00L) << 12)
        | (minor & 0xffL);
  }

  /// True for an ordinary file: no folder, device, FIFO or socket.
  public boolean isRegular() {
    return (mode & TYPE) == REGULAR;
  }

  /// True if a process of this user may be able to change the content: it owns the file, it is
  /// root, or others or the group may write. (With an access control list the group's bits are the
  /// upper limit of everything in the list, so they count for everybody.)
  public boolean writableBy(int someUid) {
    return someUid == 0 || someUid == uid || (mode & 0x12) != 0;
  }

  /// True if both are the same file, whatever its content.
  public boolean sameFile(FileStat other) {
    return version.device() == other.version.device() && version.inode() == other.version.inode();
  }
}
