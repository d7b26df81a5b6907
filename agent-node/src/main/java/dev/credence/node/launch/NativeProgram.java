package dev.credence.node.launch;

import dev.credence.attestors.linux.InterpreterCheck;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;

/// A program of the code's folder that is its own code. Stateless.
final class NativeProgram {
  private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};

  private NativeProgram() {}

  /// @param copy the node's own copy of the file
  /// @throws LaunchRefusedException if it is no program, or one that runs what it is told
  static void require(Path copy) throws IOException, LaunchRefusedException {
    String name = copy.getFileName().toString();
    if (!Files.isRegularFile(copy, LinkOption.NOFOLLOW_LINKS)) {
      throw LaunchRefusedException.of(
          name + " is not a file of the measured copy (expected: one that is not ignored)");
    }
    try (InputStream in = Files.newInputStream(copy, LinkOption.NOFOLLOW_LINKS)) {
      if (!Arrays.equals(in.readNBytes(ELF.length), ELF)) {
        throw LaunchRefusedException.of(
            name
                + " is not a program that the kernel executes itself (expected: an ELF file; a script is given to its interpreter, as in: sh ./"
                + name
                + ")");
      }
    }
    if (InterpreterCheck.isInterpreter(copy)) {
      throw LaunchRefusedException.of(
          name
              + " is an interpreter, which would run whatever its arguments say (expected: one of the host's, or a program that is its own code)");
    }
  }
}
