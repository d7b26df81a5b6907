package dev.credence.e2e.rig;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Passes bytes between Unix sockets: "open ENTRANCE SOCKET" on standard input makes the socket
/// ENTRANCE, and whatever connects to it talks to SOCKET. Ends with its input.
final class RelayMain {

  private static final int BUFFER = 64 * 1024;

  private RelayMain() {}

  public static void main(String[] arguments) throws IOException {
    var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (var line = commands.readLine(); line != null; line = commands.readLine()) {
      var words = line.split(" ", -1);
      var entrance =
          ServerSocketChannel.open(StandardProtocolFamily.UNIX)
              .bind(UnixDomainSocketAddress.of(words[1]));
      Thread.ofVirtual().start(() -> accept(entrance, Path.of(words[2])));
      System.out.println("opened " + words[1]);
    }
  }

  private static void accept(ServerSocketChannel entrance, Path target) {
    try (entrance) {
      while (true) {
        var near = entrance.accept();
        var far = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
          far.connect(UnixDomainSocketAddress.of(target));
        } catch (IOException e) {
          near.close();
          continue;
        }
        Thread.ofVirtual().start(() -> pass(near, far));
        Thread.ofVirtual().start(() -> pass(far, near));
      }
    } catch (IOException e) {
      System.err.println(target + ": " + e.getMessage());
    }
  }

  private static void pass(SocketChannel from, SocketChannel to) {
    try (from;
        to) {
      var buffer = ByteBuffer.allocate(BUFFER);
      while (from.read(buffer) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
        buffer.clear();
      }
    } catch (IOException e) {
      // The other direction has closed both.
    }
  }
}
