package dev.credence.cli.run;

import dev.credence.platform.linux.FileRelay;
import dev.credence.platform.linux.OpenFile;
import dev.credence.platform.linux.PseudoTerminal;
import dev.credence.platform.linux.TerminalMode;
import java.io.IOException;

/// Between the user's terminal and the program's: keys go there, what it shows comes here.
final class TerminalRelay implements AutoCloseable {
  private static final int SHOWN_WITHIN_MILLIS = 2000;

  private final OpenFile user;
  private final OpenFile master;
  private final TerminalMode mode;
  private final Thread restore;
  private final Thread shown;

  private TerminalRelay(OpenFile user, OpenFile out, OpenFile master) throws IOException {
    this.user = user;
    this.master = master;
    this.mode = TerminalMode.raw(user);
    this.restore = Thread.ofPlatform().unstarted(mode::close);
    this.shown =
        Thread.ofPlatform().name("shown").daemon().start(() -> FileRelay.copy(master, out));
    Thread.ofPlatform().name("keys").daemon().start(() -> FileRelay.copy(user, master));
    Runtime.getRuntime().addShutdownHook(restore);
  }

  static TerminalRelay begin(OpenFile user, OpenFile out, OpenFile master) throws IOException {
    return new TerminalRelay(user, out, master);
  }

  /// The user's terminal has another size.
  void resize() {
    try {
      PseudoTerminal.resize(master, PseudoTerminal.size(user));
    } catch (IOException | IllegalStateException e) {
      return; // one of them is gone
    }
  }

  /// Waits until all is shown that the program wrote before it ended.
  void drain() {
    try {
      shown.join(SHOWN_WITHIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    mode.close();
    try {
      Runtime.getRuntime().removeShutdownHook(restore);
    } catch (IllegalStateException e) {
      return; // it runs
    }
  }
}
