package dev.credence.attestors.container;

import dev.credence.platform.linux.Namespaces;
import dev.credence.platform.linux.ProcessPlace;
import dev.credence.platform.linux.UnattestableException;

/// Compares a process with the first process of the container that it seems to be in.
///
/// The engine's word alone says what a container is, not who is in it; the name of a control group
/// alone is anybody's. Both together hold: the engine names the container's first process, and the
/// kernel says that the two are in the same control groups and count processes together.
final class Membership {
  private Membership() {}

  /// @throws UnattestableException if the first process could not be looked at for want of
  ///   descriptors or memory: this says nothing about either
  static Finding of(ContainerId id, Known known, ProcessPlace process)
      throws UnattestableException {
    Container container = known.container();
    ProcessPlace first;
    boolean countsWithNode;
    try {
      countsWithNode = Namespaces.sameAsOwn(container.pid(), Namespaces.Kind.PID);
      first = ProcessPlace.read(container.pid());
    } catch (UnattestableException e) {
      if (e.isTransient()) {
        throw e;
      }
      return new Finding.No(
          "the first process of " + id + " cannot be examined: " + e.getMessage());
    }
    if (first.startedAtBootNanos() > known.answeredAtBootNanos()) {
      return new Finding.No(
          "the first process of " + id + " has ended, and its pid is another process's");
    }
    if (!first.groups().equals(process.groups())) {
      return new Finding.No(
          "its control group is only named like that of " + id + "; the container's is another");
    }
    if (!first.pids().equals(process.pids())) {
      return new Finding.No(
          "it is in the control group of " + id + ", but not in its pid namespace");
    }
    if (countsWithNode && !first.mounts().equals(process.mounts())) {
      // A container without a pid namespace of its own: then its files have to tell it apart.
      return new Finding.No(
          "it is in the control group of " + id + ", but does not see that container's files");
    }
    return new Finding.Member(container, runsImage(first, process));
  }

  /// True if its program lies on the root that the engine gave to the container. On a volume, a
  /// tmpfs or a mount of its own making it says nothing about the image. What was written over the
  /// image in the container's own layer cannot be told from it.
  private static boolean runsImage(ProcessPlace first, ProcessPlace process) {
    return process.mounts().equals(first.mounts())
        && first.rootMount() >= 0
        && process.rootMount() == first.rootMount()
        && process.programMount() == first.rootMount();
  }
}
