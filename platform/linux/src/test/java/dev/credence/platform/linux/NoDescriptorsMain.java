package dev.credence.platform.linux;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A process that uses up its descriptors, and asks the kernel by netlink before, then, and after.
final class NoDescriptorsMain {
  private final PrintStream out =
      new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.US_ASCII);

  private NoDescriptorsMain() {}

  public static void main(String[] arguments) throws IOException {
    new NoDescriptorsMain().run();
  }

  private void run() throws IOException {
    // A class that is read for the first time needs a descriptor too.
    ask(
        "loaded",
        () -> {
          throw new SystemCallException("nothing", -1);
        });
    try (var listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var caller = new Socket(listening.getInetAddress(), listening.getLocalPort());
        var accepted = listening.accept()) {
      var there = (InetSocketAddress) accepted.getRemoteSocketAddress();
      var here = (InetSocketAddress) accepted.getLocalSocketAddress();
      ask("events before", NoDescriptorsMain::listen);
      ask("before " + caller.isConnected(), () -> TcpOwner.of(there, here));
      List<FileInputStream> all = useUp();
      ask("without", () -> TcpOwner.of(there, here));
      ask("events without", NoDescriptorsMain::listen);
      all.removeLast().close();
      ask("after", () -> TcpOwner.of(there, here));
      for (FileInputStream one : all) {
        one.close();
      }
    }
  }

  private static String listen() throws IOException {
    try (var _ = ProcessEvents.open(new Nobody())) {
      return "told";
    }
  }

  private static List<FileInputStream> useUp() {
    List<FileInputStream> all = new ArrayList<>();
    try {
      while (true) {
        all.add(new FileInputStream("/dev/null"));
      }
    } catch (IOException e) {
      return all;
    }
  }

  /// Asks the kernel something.
  @FunctionalInterface
  private interface Question {
    Object ask() throws IOException;
  }

  private void ask(String when, Question question) {
    try {
      out.println(when + ": " + question.ask());
    } catch (IOException e) {
      boolean passes = UnattestableException.unreadable(0, e).isTransient();
      out.println(when + ": " + (passes ? "not now: " : "no: ") + e.getMessage());
    }
  }

  private static final class Nobody implements ProcessEvents.Listener {
    @Override
    public void changed(int pid) {}

    @Override
    public void joined(int uid) {}

    @Override
    public void missed() {}
  }
}
