package dev.credence.attestors;

/// The process that an attestor is to examine. It is pinned by the caller, who also looks again
/// afterwards: an attestor reads by pid, and need not guard against reuse of the pid.
///
/// @param pid in the node's pid namespace
/// @param uid effective user id that it connected with, unsigned
/// @param gid effective group id that it connected with, unsigned
public record ProcessRef(int pid, int uid, int gid) {
  public ProcessRef {
    if (pid <= 0) {
      throw new IllegalArgumentException("pid " + pid + " (expected: a positive number)");
    }
  }
}
