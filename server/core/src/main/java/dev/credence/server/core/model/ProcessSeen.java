package dev.credence.server.core.model;

/// A process as a node reported it. The mark tells it from every other process, also after exec or
/// pid reuse.
///
/// @param executable path as shown by the kernel, for people; not proof
public record ProcessSeen(Mark mark, int uid, int gid, String executable) {

  /// See `credence.common.v1.ProcessMark` for where each value is read.
  public record Mark(Instance instance, long executableDevice, long executableInode, Image image) {
    /// True if no process is known, only a TCP connection: pid 0, and the inode is the socket's.
    public boolean isConnection() {
      return instance.pid() == 0 && image.isNone();
    }
  }

  /// One process of one boot.
  public record Instance(String bootId, long pidNamespace, int pid, long startTime) {}

  /// What changes at each exec.
  public record Image(long startCode, long startStack, long argStart) {
    boolean isNone() {
      return startCode == 0 && startStack == 0 && argStart == 0;
    }
  }
}
