package dev.credence.node.launch;

import dev.credence.platform.linux.LocalListener;
import dev.credence.platform.linux.LocalSocket;
import dev.credence.platform.linux.OpenFile;
import dev.credence.proto.launch.v1.LaunchRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/// Where the node takes what callers of its launch socket say, for tests that fire at it.
public final class LaunchParsers {
  /// What is thrown at callers.
  public static final Set<Class<? extends Exception>> REFUSALS =
      Set.of(IOException.class, LaunchRefusedException.class);

  private static final Duration SOON = Duration.ofSeconds(5);
  private static final int MOST = 32 * 1024;

  private final Path folder;
  private final OpenFile opened;
  private final LocalListener listener;

  /// @param folder with the code; a socket is made beside it
  public LaunchParsers(Path folder) throws IOException {
    this.folder = folder;
    this.opened = OpenFile.folder(folder.toString());
    this.listener = LocalListener.bind(socket());
  }

  private Path socket() {
    return folder.resolve("socket");
  }

  /// A request, up to what is done with it: no file is named that is not in the folder of the code,
  /// and nothing that would become another word of a command line.
  public void request(byte[] input) throws Exception {
    var request = LaunchRequest.parseFrom(input);
    var account = new Account(7, 7, List.of(), "agent", "/", "/bin/sh");
    var plan =
        LaunchPlan.of(
            request,
            LaunchPlan.Files.of(Collections.nCopies(5, opened)),
            account,
            new LaunchPlan.Surroundings(List.of(), "unix:///run/api.sock", Set.of("LD_PRELOAD")));
    for (String file : plan.files()) {
      Path meant = folder.resolve(file).normalize();
      if (!meant.startsWith(plan.code().path()) || meant.equals(plan.code().path())) {
        throw new AssertionError(file + " is not in " + folder);
      }
    }
    for (String variable : plan.environment().list()) {
      if (!variable.matches("(?s)[A-Za-z_][A-Za-z0-9_]*=[^\\x00]*")) {
        throw new AssertionError("env(1) would not take it for a variable: " + variable);
      }
    }
    String program = plan.command().getFirst();
    if (!program.startsWith("/") || program.indexOf('=') >= 0) {
      throw new AssertionError("env(1) would not take it for a program: " + program);
    }
  }

  /// Bytes as they come over the socket, of whatever message.
  public void frame(byte[] input) throws Exception {
    if (input.length == 0) {
      throw new IOException("nothing is sent");
    }
    var files = new ArrayList<OpenFile>();
    try (LocalSocket caller = LocalSocket.connect(socket());
        LocalSocket node = listener.accept().orElseThrow()) {
      caller.send(Arrays.copyOf(input, Math.min(input.length, MOST)), List.of(), SOON);
      caller.shutdown();
      var _ = Frames.read(node, LaunchRequest.parser(), files, System.nanoTime() + SOON.toNanos());
    } finally {
      files.forEach(OpenFile::close);
    }
  }

  /// A folder with the code of an agent, which is gone when the JVM ends.
  public static Path place() throws IOException {
    Path folder = Files.createTempDirectory("launch-fuzz").toRealPath();
    folder.toFile().deleteOnExit();
    folder.resolve("socket").toFile().deleteOnExit();
    return folder;
  }
}
