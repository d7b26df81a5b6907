package dev.credence.attestors.linux;

import dev.credence.platform.linux.ExecutableFile;
import dev.credence.platform.linux.MountTable;
import dev.credence.platform.linux.ProcessFacts;
import dev.credence.platform.linux.UnattestableException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// On what file systems the files of one process lie, of which the node tells who they are: those
/// of mounts that the node has itself, and those that the process sees (a container's). Any other
/// mount is somebody's own: an ordinary user mounts an overlay over his own folder, in a user
/// namespace, and has a program executed from it by a process outside; he can write to the file
/// beneath while it runs. For one thread, and one look.
final class SeenMounts {
  static final String NOBODYS =
      "its mount is neither one of the node's nor one of the process's (it was taken out of the"
          + " table of mounts, or is in somebody's own mount namespace, who may change the file"
          + " while it runs)";

  private final MountTable own;
  private final int pid;
  private @Nullable Map<Long, String> theirs;

  SeenMounts(MountTable own, ProcessFacts facts) {
    this.own = own;
    this.pid = facts.pid();
  }

  /// Type of the file system.
  ///
  /// @param file held, so that its mount's number is not another one's by now
  Optional<String> fileSystem(ExecutableFile file) throws IOException, UnattestableException {
    long mount = file.stat().mountId();
    Optional<String> type = own.fileSystem(mount);
    return type.isPresent() ? type : Optional.ofNullable(theirs().get(mount));
  }

  /// Why the content, owner and rights that it shows are not believed; empty if they are.
  Optional<String> doubt(ExecutableFile file) throws IOException, UnattestableException {
    Optional<String> type = fileSystem(file);
    if (type.isEmpty()) {
      return Optional.of(NOBODYS);
    }
    return type.filter(LocalFileSystems::isMadeUp).map(_ -> LocalFileSystems.MADE_UP);
  }

  /// Only what is not on a mount of ours is worth reading the mounts of somebody else, and those
  /// once. The held files are older than the table.
  private Map<Long, String> theirs() throws UnattestableException {
    Map<Long, String> read = theirs;
    if (read == null) {
      read = MountTable.seenBy(pid);
      theirs = read;
    }
    return read;
  }
}
