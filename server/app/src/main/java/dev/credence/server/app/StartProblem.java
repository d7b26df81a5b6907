package dev.credence.server.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Locale;

/// What to tell people when the server cannot start: one line, no class names.
final class StartProblem {
  private StartProblem() {}

  static String of(Throwable problem) {
    String message = problem.getMessage();
    return message == null ? problem.getClass().getSimpleName() : message;
  }

  /// An address that cannot be bound: `listen: 127.0.0.1:8443: address already in use`.
  static IOException bind(String key, InetSocketAddress address, IOException problem) {
    Throwable root = problem;
    for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
      root = cause;
    }
    // The native transport puts the system call and its error number before the words.
    String words = of(root);
    String reason = words.substring(words.lastIndexOf(": ") + 1).strip();
    return new IOException(
        key + ": " + CredenceServer.text(address) + ": " + reason.toLowerCase(Locale.ROOT),
        problem);
  }

  /// Looks the host up now, so that a typo is named.
  static InetSocketAddress resolve(String key, InetSocketAddress address) throws IOException {
    try {
      InetAddress[] all = InetAddress.getAllByName(address.getHostString());
      return new InetSocketAddress(all[0], address.getPort());
    } catch (UnknownHostException e) {
      throw new IOException(
          key + ": host " + address.getHostString() + " is not known (expected: a name or address)",
          e);
    }
  }
}
