package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The BPF programs that hold what is in a control group, hung on it or on one above: they filter
/// its network, its devices, its socket options. systemd's `IPAddressDeny=` and `DeviceAllow=` are
/// made of these.
///
/// @param all each of them, once for each place where it is asked
record GroupFilters(Set<Filter> all) {
  private static final int QUERY = 16;
  private static final int EFFECTIVE = 1;
  private static final int ATTRIBUTES = 64;
  private static final int MOST = 256;
  private static final int O_CLOEXEC = 0x80000;

  /// The kernel's numbers of the places (enum bpf_attach_type) that are a control group's; those
  /// that it does not know are empty.
  private static final List<Integer> PLACES =
      List.of(
          0, 1, 2, 3, 6, 8, 9, 10, 11, 12, 13, 14, 15, 18, 19, 20, 21, 22, 29, 30, 31, 32, 34, 43,
          49, 50, 51, 52, 53);

  GroupFilters {
    all = Set.copyOf(all);
  }

  /// A program, where it is asked.
  record Filter(int place, int program) {}

  /// Asks the kernel.
  ///
  /// @param folder of the group, in the unified hierarchy
  /// @return empty: this process may not ask (CAP_NET_ADMIN)
  /// @throws IOException if the group is not there, or has more than can be told
  static Optional<GroupFilters> of(String folder) throws IOException {
    try (Libc libc = Libc.frame();
        LaunchCalls calls = LaunchCalls.frame();
        Descriptor group =
            Descriptor.of(
                libc.openat(
                    Libc.NO_DIRECTORY, folder, O_CLOEXEC | Architecture.current().directoryFlag()),
                folder)) {
      var found = new HashSet<Filter>();
      for (int place : PLACES) {
        long result = group.use(fd -> ask(calls, fd, place, found));
        if (Errno.EPERM.is(result)) {
          return Optional.empty();
        }
        if (result < 0 && !Errno.EINVAL.is(result) && !Errno.ENOSYS.is(result)) {
          throw new SystemCallException("bpf(BPF_PROG_QUERY, " + folder + ")", result);
        }
      }
      return Optional.of(new GroupFilters(found));
    }
  }

  /// `{ u32 target_fd, attach_type, query_flags, attach_flags; u64 prog_ids; u32 prog_cnt; }`
  private static long ask(LaunchCalls calls, int group, int place, Set<Filter> found) {
    MemorySegment programs = calls.allocate(4L * MOST, 8);
    MemorySegment attributes = calls.allocate(ATTRIBUTES, 8);
    attributes.set(JAVA_INT, 0, group);
    attributes.set(JAVA_INT, 4, place);
    attributes.set(JAVA_INT, 8, EFFECTIVE);
    attributes.set(JAVA_LONG, 16, programs.address());
    attributes.set(JAVA_INT, 24, MOST);
    long result = calls.bpf(QUERY, attributes);
    int count = result < 0 ? 0 : Math.min(attributes.get(JAVA_INT, 24), MOST);
    for (int i = 0; i < count; i++) {
      found.add(new Filter(place, programs.get(JAVA_INT, 4L * i)));
    }
    return result;
  }

  /// True if whoever leaves this group for the other one sheds none.
  boolean areAllIn(GroupFilters other) {
    return other.all().containsAll(all);
  }
}
