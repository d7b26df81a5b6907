package dev.credence.platform.linux;

import java.util.stream.Stream;

/// Text that the kernel writes in lines (/proc/PID/status, cgroup, mountinfo). It escapes line
/// feeds in the names that are part of it, and nothing else that anybody takes for the end of a
/// line: a process calls itself `\rUid:0 0 0 0`, a folder that a user mounts something on has a
/// carriage return in its name. [String#lines()] would end a line there, so that whoever chose the
/// name would write lines of their own.
final class KernelText {
  private KernelText() {}

  /// Its lines, each up to a line feed and to nothing else.
  static Stream<String> lines(String text) {
    String whole = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    return whole.isEmpty() ? Stream.empty() : Stream.of(whole.split("\n", -1));
  }
}
