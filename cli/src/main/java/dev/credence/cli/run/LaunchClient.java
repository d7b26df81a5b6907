package dev.credence.cli.run;

import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.client.ExitCode;
import dev.credence.cli.print.Printable;
import dev.credence.cli.print.Text;
import dev.credence.platform.linux.LocalSocket;
import dev.credence.platform.linux.OpenFile;
import dev.credence.platform.linux.PseudoTerminal;
import dev.credence.proto.launch.v1.LaunchEnded;
import dev.credence.proto.launch.v1.LaunchEvent;
import dev.credence.proto.launch.v1.LaunchRefused;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Asks the node to start a program, and stays with it until it ends.
public final class LaunchClient {
  private static final int SIGNALLED = 128;

  private final Path path;
  private final PrintWriter err;

  /// @param path of the node's launch socket
  /// @param err where notices go
  public LaunchClient(Path path, PrintWriter err) {
    this.path = path;
    this.err = err;
  }

  /// Runs it. Does not return if this process becomes the program itself.
  ///
  /// @return the program's exit code, or 128 and the signal that ended it
  /// @throws CommandFailure if it is refused, or the node is not reached
  public int run(LaunchOrder order) {
    var files = new ArrayList<OpenFile>();
    try (LocalSocket socket = connect()) {
      return run(order, socket, files);
    } catch (EOFException e) {
      throw new CommandFailure(
          ExitCode.UNREACHABLE, "the node has ended, and with it the program", e);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.FAILED, Text.of("the program cannot be run: %s", Printable.line(said(e))), e);
    } finally {
      files.forEach(OpenFile::close);
    }
  }

  private static String said(IOException e) {
    return String.valueOf(e.getMessage());
  }

  private LocalSocket connect() {
    try {
      return LocalSocket.connect(path);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.UNREACHABLE,
          Text.of(
              "cannot reach the node's launch socket: %s (is the node running, and launch.enabled?)",
              said(e)),
          e);
    }
  }

  private int run(LaunchOrder order, LocalSocket socket, List<OpenFile> received)
      throws IOException {
    try (OpenFile in = OpenFile.standard(0);
        OpenFile out = OpenFile.standard(1);
        OpenFile error = OpenFile.standard(2);
        OpenFile folder = OpenFile.folder(".");
        OpenFile code = code(order.code())) {
      boolean terminal = PseudoTerminal.is(in) && PseudoTerminal.is(out);
      Optional<PseudoTerminal.Size> size =
          terminal ? Optional.of(PseudoTerminal.size(in)) : Optional.empty();
      try (var signals = new PassedSignals(socket)) {
        Frames.write(socket, order.request(size), List.of(in, out, error, folder, code));
        LaunchEvent first = Frames.read(socket, received);
        if (first.hasRefused()) {
          return refused(first.getRefused(), order);
        }
        signals.begin();
        first.getStarted().getNoticesList().forEach(this::notice);
        if (size.isEmpty()) {
          return ended(Frames.read(socket, received).getEnded());
        }
        if (received.size() != 1) {
          throw new IOException("the node sent no terminal");
        }
        try (var relay = TerminalRelay.begin(in, out, received.getFirst())) {
          signals.resizes(relay::resize);
          LaunchEnded ended = Frames.read(socket, received).getEnded();
          relay.drain();
          return ended(ended);
        }
      }
    }
  }

  private static OpenFile code(String folder) throws IOException {
    try {
      return OpenFile.folder(folder);
    } catch (IOException e) {
      throw CommandFailure.usage(
          Text.of("--code: \"%s\" (expected: a folder; %s)", Printable.line(folder), said(e)));
    }
  }

  private static int ended(LaunchEnded ended) {
    return ended.hasSignal() ? SIGNALLED + ended.getSignal() : ended.getCode();
  }

  private void notice(String line) {
    err.println("credence: " + Printable.line(line));
  }

  private int refused(LaunchRefused refused, LaunchOrder order) throws IOException {
    if (!refused.getRunItYourself()) {
      throw CommandFailure.failed(Printable.line(refused.getMessage()));
    }
    notice(
        refused.getMessage() + "; it is executed by this command itself, without code: selectors");
    if (!order.user().isEmpty()) {
      throw CommandFailure.failed("--user is for programs that the node starts");
    }
    err.flush();
    SelfRun.become(order);
    throw CommandFailure.failed("the program cannot be executed");
  }
}
