package dev.credence.platform.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.credence.platform.linux.UnattestableException.Reason;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;

/// The rights that a peer had when it connected (`SO_PEERCRED` and `SO_PEERGROUPS`, unix(7)), for
/// those who act with them. What the process has now may be more: the group of a set-group-id
/// program that it has become.
public final class PeerRights {
  private static final int SOL_SOCKET = 1;
  private static final int SO_PEERGROUPS = 59;
  private static final int MOST_GROUPS = 65_536;

  private PeerRights() {}

  /// Asks the kernel, and compares with what the process has now.
  ///
  /// @param socketFd the connected socket
  /// @param peer as [PeerCredentials#of(int)] has it of that socket
  /// @throws UnattestableException if its ids or groups are others by now, or its real, effective
  ///   and saved ids differ: it runs a program with another's rights
  public static FileCredentials of(int socketFd, PeerCredentials peer)
      throws UnattestableException {
    try (ProcDirectory process = ProcDirectory.open(peer.pid())) {
      ProcStatus status = ProcStatus.read(process);
      List<Integer> groups = groups(socketFd);
      boolean same =
          status.uids().stream().allMatch(id -> id == peer.uid())
              && status.gids().stream().allMatch(id -> id == peer.gid())
              && new HashSet<>(status.supplementaryGids()).equals(new HashSet<>(groups));
      if (!same) {
        throw new UnattestableException(
            Reason.CHANGED,
            String.format(
                Locale.ROOT,
                "process %d has other user or group ids than when it connected, or real, effective and saved ones that differ (expected: one uid and one gid, %s and %s)",
                peer.pid(),
                Integer.toUnsignedString(peer.uid()),
                Integer.toUnsignedString(peer.gid())));
      }
      return new FileCredentials(peer.uid(), peer.gid(), groups);
    } catch (IOException e) {
      throw ProcDirectory.refusal(peer.pid(), e);
    }
  }

  private static List<Integer> groups(int socketFd) throws IOException {
    try (Libc libc = Libc.frame()) {
      MemorySegment value = libc.allocate(4L * MOST_GROUPS, 4);
      MemorySegment length = libc.allocate(4, 4);
      length.set(JAVA_INT, 0, 4 * MOST_GROUPS);
      long result = libc.getsockopt(socketFd, SOL_SOCKET, SO_PEERGROUPS, value, length);
      if (result < 0) {
        throw new SystemCallException("getsockopt(" + socketFd + ", SO_PEERGROUPS)", result);
      }
      byte[] bytes = value.asSlice(0, length.get(JAVA_INT, 0)).toArray(JAVA_BYTE);
      var numbers = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asIntBuffer();
      var groups = new ArrayList<Integer>();
      while (numbers.hasRemaining()) {
        groups.add(numbers.get());
      }
      return List.copyOf(groups);
    }
  }
}
