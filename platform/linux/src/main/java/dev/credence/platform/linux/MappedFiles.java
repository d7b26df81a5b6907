package dev.credence.platform.linux;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The files that a process has mapped so that they can be run, and the Java archives that it has
/// mapped; each held by descriptor, through /proc/PID/map_files, whatever their paths lead to by
/// now. Whether the process runs them, and whether its memory still is what is in them, they do not
/// tell. For one thread.
public final class MappedFiles implements AutoCloseable {
  // A process has at most 65,530 mappings (vm.max_map_count) unless the machine allows more.
  private static final int LONGEST = 8 << 20;

  private final List<ExecutableFile> files;

  private MappedFiles(List<ExecutableFile> files) {
    this.files = List.copyOf(files);
  }

  /// Takes hold of them. The process's owner can make this take as long as he likes: its memory is
  /// locked while it maps a file, and a file system of his own may answer late.
  ///
  /// @param most files that are accepted
  /// @throws IOException if there are more, or this daemon may not follow the links in map_files
  ///   (CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE)
  /// @throws UnattestableException if the process is gone, or this daemon may not look
  public static MappedFiles of(int pid, int most) throws IOException, UnattestableException {
    try (ProcDirectory process = ProcDirectory.ofProcess(pid)) {
      Collection<MemoryMap> wanted = distinct(maps(process));
      if (wanted.size() > most) {
        throw new IOException(
            String.format(
                Locale.ROOT,
                "the process has mapped %d files to be run (expected: at most %d)",
                wanted.size(),
                most));
      }
      return open(process, wanted);
    }
  }

  private static List<MemoryMap> maps(ProcDirectory process)
      throws IOException, UnattestableException {
    try {
      return MemoryMap.parse(process.readText("maps", LONGEST));
    } catch (SystemCallException e) {
      throw ProcDirectory.refusal(process.pid(), e);
    }
  }

  private record Inode(String device, long number) {}

  private static Collection<MemoryMap> distinct(List<MemoryMap> maps) {
    Map<Inode, MemoryMap> distinct = new LinkedHashMap<>();
    for (MemoryMap map : maps) {
      if (map.executable() || map.path().endsWith(".jar")) {
        distinct.putIfAbsent(new Inode(map.device(), map.inode()), map);
      }
    }
    return distinct.values();
  }

  private static MappedFiles open(ProcDirectory process, Collection<MemoryMap> maps)
      throws IOException {
    List<ExecutableFile> opened = new ArrayList<>();
    try {
      for (MemoryMap map : maps) {
        try {
          opened.add(ExecutableFile.mapped(process, map));
        } catch (SystemCallException e) {
          if (e.is(Errno.EPERM)) {
            throw new IOException(
                "the kernel lets this daemon not see what files a process has mapped (expected: a node that runs as root, or has CAP_CHECKPOINT_RESTORE)",
                e);
          }
          // Unmapped since.
          if (!e.is(Errno.ENOENT)) {
            throw e;
          }
        }
      }
      return new MappedFiles(opened);
    } catch (IOException | RuntimeException e) {
      opened.forEach(ExecutableFile::close);
      throw e;
    }
  }

  /// Held by this, until [#close()].
  public List<ExecutableFile> files() {
    return files;
  }

  @Override
  public void close() {
    files.forEach(ExecutableFile::close);
  }
}
