package dev.credence.platform.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TcpOwnerTest {
  private static final InetSocketAddress CALLER = at("127.0.0.1", 40_001);
  private static final InetSocketAddress HERE = at("127.0.0.1", 8089);

  private static InetSocketAddress at(String ip, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
  }

  private static InetSocketAddress own(Socket socket) {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  private static InetSocketAddress other(Socket socket) {
    return (InetSocketAddress) socket.getRemoteSocketAddress();
  }

  @Test
  void openConnection_isItsUsers() throws Exception {
    for (String ip : new String[] {"127.0.0.1", "::1"}) {
      try (var listening = new ServerSocket(0, 5, InetAddress.ofLiteral(ip));
          var caller = new Socket(listening.getInetAddress(), listening.getLocalPort());
          var accepted = listening.accept()) {
        TcpOwner owner = TcpOwner.of(other(accepted), own(accepted));
        assertThat(owner.uid()).isEqualTo(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        assertThat(owner.inode()).isPositive();
        assertThat(TcpOwner.of(other(accepted), own(accepted))).isEqualTo(owner);
        try (var second = new Socket(listening.getInetAddress(), listening.getLocalPort());
            var next = listening.accept()) {
          assertThat(second.isConnected()).isTrue();
          assertThat(TcpOwner.of(other(next), own(next)).inode()).isNotEqualTo(owner.inode());
        }
        assertThat(caller.isConnected()).isTrue();
      }
    }
  }

  @Test
  void closedByTheCaller_isNobodys() throws Exception {
    try (var listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        var caller = new Socket(listening.getInetAddress(), listening.getLocalPort());
        var accepted = listening.accept()) {
      caller.shutdownOutput();
      assertThatIOException()
          .isThrownBy(() -> TcpOwner.of(other(accepted), own(accepted)))
          .withMessage("sock_diag: the connection is not open");
    }
  }

  /// The kernel would say that it is root's: nobody has taken it from the queue yet.
  @Test
  void endThatNobodyHolds_isNobodys() throws Exception {
    try (var listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        var caller = new Socket(listening.getInetAddress(), listening.getLocalPort())) {
      assertThatIOException()
          .isThrownBy(() -> TcpOwner.of(other(caller), own(caller)))
          .withMessage("sock_diag: nobody holds the caller's socket");
    }
  }

  @Test
  void connectionThatThereIsNot_isSaid() {
    assertThatIOException()
        .isThrownBy(() -> TcpOwner.of(at("192.0.2.1", 5), at("127.0.0.1", 7)))
        .withMessageContaining("no connection");
  }

  private static byte[] answer(int state, int uid, int inode) {
    byte[] question = SockDiag.question(CALLER, HERE);
    byte[] bytes = new byte[88];
    ByteBuffer answer = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    answer.putInt(88).putShort((short) 20).putShort((short) 0).putInt(1).putInt(4711);
    answer.put((byte) 2).put((byte) state).putShort((short) 0);
    answer.put(question, 24, 36).putInt(0).putLong(1).putInt(0).putInt(0).putInt(0);
    answer.putInt(uid).putInt(inode);
    return bytes;
  }

  private static void refused(byte[] answer, String why) {
    assertThatIOException()
        .isThrownBy(() -> TcpOwner.parse(answer, CALLER, HERE))
        .withMessage("sock_diag: " + why);
  }

  @Test
  void answers_areReadStrictly() throws Exception {
    assertThat(TcpOwner.parse(answer(1, 1000, 7), CALLER, HERE)).isEqualTo(new TcpOwner(1000, 7));
    refused(answer(4, 0, 7), "the connection is not open");
    refused(answer(1, 0, 0), "nobody holds the caller's socket");
    refused(answer(1, 65_534, 7), "the caller's user is not known in this user namespace");
    refused(answer(1, -1, 7), "the caller's user is not known in this user namespace");
    assertThatIOException()
        .isThrownBy(() -> TcpOwner.parse(answer(1, 1, 7), HERE, CALLER))
        .withMessage("sock_diag: another connection");
    byte[] whole = answer(1, 1000, 7);
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatIOException().isThrownBy(() -> TcpOwner.parse(part, CALLER, HERE));
    }
  }

  @Test
  void anyBitFlipped_givesNobodyElse() {
    byte[] whole = answer(1, 1000, 7);
    // Where uid and inode stand, another number is another answer; everywhere else it is none, or
    // the same.
    for (int i = 0; i < 80; i++) {
      byte[] flipped = whole.clone();
      flipped[i] ^= 0x10;
      try {
        assertThat(TcpOwner.parse(flipped, CALLER, HERE)).isEqualTo(new TcpOwner(1000, 7));
      } catch (IOException e) {
        assertThat(e).hasMessageStartingWith("sock_diag: ");
      }
    }
  }
}
