package dev.credence.platform.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// What a security module of the kernel (SELinux, AppArmor) calls the process.
public final class SecurityLabel {
  private static final int LONGEST = 4096;

  private SecurityLabel() {}

  /// The label of the process that has this pid now; empty if no module gives it one.
  ///
  /// @throws IOException if it is no text
  /// @throws UnattestableException if the process is gone, or this daemon may not read it
  public static Optional<String> read(int pid) throws IOException, UnattestableException {
    byte[] text;
    try (ProcDirectory process = ProcDirectory.open(pid)) {
      text = process.read("attr/current", LONGEST);
    } catch (SystemCallException e) {
      // No module, or none that labels processes.
      if (e.is(Errno.EINVAL) || e.is(Errno.ENOENT)) {
        return Optional.empty();
      }
      throw ProcDirectory.refusal(pid, e);
    }
    return parse(text);
  }

  /// A label, with a null byte or a line feed behind it, or with neither.
  static Optional<String> parse(byte[] bytes) throws IOException {
    int end = bytes.length;
    while (end > 0 && (bytes[end - 1] == 0 || bytes[end - 1] == '\n')) {
      end--;
    }
    try {
      String label =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, end)).toString();
      if (label.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
        throw new IOException("/proc/PID/attr/current holds control characters");
      }
      return label.isEmpty() ? Optional.empty() : Optional.of(label);
    } catch (CharacterCodingException e) {
      throw new IOException("/proc/PID/attr/current is not UTF-8", e);
    }
  }
}
