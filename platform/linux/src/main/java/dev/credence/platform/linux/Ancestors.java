package dev.credence.platform.linux;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Parents of a process, and what they run now. A chain ends where it would tell nothing: at
/// process 1, which takes in whoever lost its parent; at one that is in another mount namespace,
/// where paths mean nothing; at one that cannot be looked at.
///
/// It does not tell who started the process: whoever takes in orphans (`PR_SET_CHILD_SUBREAPER`) is
/// a parent of what it did not start, and a parent may have become another program since. For one
/// thread.
public final class Ancestors implements AutoCloseable {
  private static final int INIT = 1;

  private final List<ExecutableFile> programs = new ArrayList<>();
  private String end = "";

  private Ancestors() {}

  /// Climbs from the process that has this pid now.
  ///
  /// @param most parents that are looked at
  /// @throws UnattestableException if the process is gone, or this daemon may not look
  public static Ancestors of(int pid, int most) throws UnattestableException {
    var ancestors = new Ancestors();
    try (ProcDirectory process = ProcDirectory.open(pid)) {
      ancestors.climb(process, most);
      return ancestors;
    } catch (IOException e) {
      ancestors.close();
      throw ProcDirectory.refusal(pid, e);
    }
  }

  private void climb(ProcDirectory process, int most) throws IOException {
    var at = new Step(process.duplicate(), ProcStat.read(process));
    try {
      while (programs.size() < most) {
        if (at.stat.parent() <= INIT) {
          end = noParent(at.stat.parent());
          return;
        }
        Step parent = parent(at);
        at.folder.close();
        at = parent;
      }
      end = String.format(Locale.ROOT, "more than %d parents are not looked at", most);
    } catch (NotFollowed e) {
      end = String.valueOf(e.getMessage());
    } finally {
      at.folder.close();
    }
  }

  /// One process of the chain, as it was seen.
  private record Step(ProcDirectory folder, ProcStat stat) {}

  private Step parent(Step child) throws NotFollowed {
    ProcDirectory folder = open(child.stat.parent());
    try {
      return look(folder, child);
    } catch (NotFollowed e) {
      folder.close();
      throw e;
    } catch (IOException e) {
      folder.close();
      throw notSeen(folder.pid(), e);
    }
  }

  /// Looks, then looks again: it still is the parent, so it is not another process with its pid.
  private Step look(ProcDirectory folder, Step child) throws IOException, NotFollowed {
    if (!Namespaces.sameAsOwn(folder, Namespaces.Kind.MNT)) {
      throw new NotFollowed(
          "process " + folder.pid() + " is in another mount namespace, where paths mean nothing");
    }
    ExecutableFile program = ExecutableFile.of(folder);
    programs.add(program);
    ProcStat seen = ProcStat.read(folder);
    if (seen.startTime() > child.stat.startTime()
        || seen.isEnding()
        || ProcStat.read(child.folder).parent() != folder.pid()) {
      programs.removeLast();
      program.close();
      throw new NotFollowed("process " + folder.pid() + " is not its parent any more");
    }
    return new Step(folder, seen);
  }

  private static ProcDirectory open(int pid) throws NotFollowed {
    try {
      return ProcDirectory.open(pid);
    } catch (IOException e) {
      throw notSeen(pid, e);
    }
  }

  private static NotFollowed notSeen(int pid, IOException why) {
    return new NotFollowed("process " + pid + " cannot be looked at: " + why.getMessage(), why);
  }

  private static String noParent(int parent) {
    return parent == INIT
        ? "the parent is process 1, which takes in whoever lost its parent"
        : "the parent is not in this daemon's pid namespace";
  }

  /// The chain ends here.
  private static final class NotFollowed extends Exception {
    private static final long serialVersionUID = 1L;

    NotFollowed(String why) {
      super(why);
    }

    NotFollowed(String why, Throwable cause) {
      super(why, cause);
    }
  }

  /// What they run, the parent first. Held by this, until [#close()].
  public List<ExecutableFile> programs() {
    return List.copyOf(programs);
  }

  /// Why there are no more, for people.
  public String end() {
    return end;
  }

  @Override
  public void close() {
    programs.forEach(ExecutableFile::close);
  }
}
