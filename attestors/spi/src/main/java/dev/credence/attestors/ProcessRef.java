package dev.credence.attestors;

/// The process that an attestor is to examine. It is pinned by the caller, who also looks again
/// afterwards: an attestor reads by pid, and need not guard against reuse of the pid.
///
/// @param pid in the node's pid namespace
/// @param uid effective user id that it connected with, unsigned
/// @param gid effective group id that it connected with, unsigned
public record ProcessRef(int pid, int uid, int gid) {
  /// Makes sure of who runs in it.
  ///
  /// @throws AttestationException if it runs as somebody else than who connected
  public void requireUser(int nowUid, int nowGid) throws AttestationException {
    if (nowUid != uid || nowGid != gid) {
      throw new AttestationException(
          "process "
              + pid
              + " runs as uid "
              + Integer.toUnsignedString(nowUid)
              + ", gid "
              + Integer.toUnsignedString(nowGid)
              + " (expected: those that connected, "
              + Integer.toUnsignedString(uid)
              + " and "
              + Integer.toUnsignedString(gid)
              + ")");
    }
  }

  public ProcessRef {
    if (pid <= 0) {
      throw new IllegalArgumentException("pid " + pid + " (expected: a positive number)");
    }
  }
}
