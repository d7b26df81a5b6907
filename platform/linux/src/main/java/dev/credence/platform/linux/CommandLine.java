package dev.credence.platform.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// What a process says that it was started with: its own memory, which it can write to at any time.
public final class CommandLine {
  private static final int LONGEST = 64 << 10;

  private CommandLine() {}

  /// The words of the process that has this pid now. The process can make this take as long as it
  /// likes: the kernel reads its memory.
  ///
  /// @throws IOException if they are more than 64 KiB, or no text
  /// @throws UnattestableException if the process is gone, or this daemon may not look
  public static List<String> read(int pid) throws IOException, UnattestableException {
    byte[] bytes;
    try (ProcDirectory process = ProcDirectory.ofProcess(pid)) {
      bytes = process.read("cmdline", LONGEST);
    } catch (SystemCallException e) {
      throw ProcDirectory.refusal(pid, e);
    }
    return parse(bytes);
  }

  /// Words, a null byte after each; who writes over them may leave the last one away.
  static List<String> parse(byte[] bytes) throws IOException {
    int length = bytes.length > 0 && bytes[bytes.length - 1] == 0 ? bytes.length - 1 : bytes.length;
    if (length == 0) {
      return List.of();
    }
    try {
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length)).toString();
      return List.of(text.split("\0", -1));
    } catch (CharacterCodingException e) {
      throw new IOException("/proc/PID/cmdline is not UTF-8", e);
    }
  }
}
