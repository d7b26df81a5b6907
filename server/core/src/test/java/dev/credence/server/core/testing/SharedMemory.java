package dev.credence.server.core.testing;

import dev.credence.server.core.port.Store;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// One [MemoryStore] as several servers see it: each hears of the others' commits after they
/// happened, unless it is told to hear nothing. Thread-safe.
public final class SharedMemory implements AutoCloseable {
  private final MemoryStore memory = new MemoryStore();
  private final List<Member> members = new CopyOnWriteArrayList<>();

  /// The database behind it.
  public MemoryStore memory() {
    return memory;
  }

  /// For one more server.
  public Member join() {
    var member = new Member();
    members.add(member);
    return member;
  }

  @Override
  public void close() {
    memory.close();
  }

  /// One server's.
  public final class Member implements Store {
    private volatile Runnable changed = () -> {};
    private volatile boolean deaf;

    /// Whether it hears nothing of others' commits.
    public void deaf(boolean value) {
      deaf = value;
    }

    /// As if it heard of a commit.
    public void hint() {
      changed.run();
    }

    @Override
    public <T, E extends Exception> T write(Work<T, E> work) throws E {
      T result = memory.write(work);
      for (Member other : members) {
        if (!other.equals(this) && !other.deaf) {
          other.changed.run();
        }
      }
      return result;
    }

    @Override
    public <T, E extends Exception> T read(Query<T, E> query) throws E {
      return memory.read(query);
    }

    @Override
    public boolean follow(Runnable listener) {
      changed = listener;
      return true;
    }

    /// The database stays: it is the others' too.
    @Override
    public void close() {
      members.remove(this);
    }
  }
}
