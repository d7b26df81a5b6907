package dev.credence.cli.run;

import dev.credence.platform.linux.LocalListener;
import dev.credence.platform.linux.LocalSocket;
import dev.credence.platform.linux.OpenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Where `credence run` takes what the node says, for tests that fire at it.
public final class RunParsers {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final int MOST = 32 * 1024;

  private final Path socket;
  private final LocalListener listener;

  /// @param socket not there yet
  public RunParsers(Path socket) throws IOException {
    this.socket = socket;
    this.listener = LocalListener.bind(socket);
  }

  /// Bytes as they come over the socket.
  public void answer(byte[] input) throws Exception {
    if (input.length == 0) {
      throw new IOException("nothing is sent");
    }
    var files = new ArrayList<OpenFile>();
    try (LocalSocket caller = LocalSocket.connect(socket);
        LocalSocket node = listener.accept().orElseThrow()) {
      node.send(Arrays.copyOf(input, Math.min(input.length, MOST)), List.of(), SOON);
      node.shutdown();
      var _ = Frames.read(caller, files);
    } finally {
      files.forEach(OpenFile::close);
    }
  }
}
