package dev.credence.node.launch;

import dev.credence.platform.linux.FileStat;
import dev.credence.platform.linux.OpenFile;
import dev.credence.platform.linux.PrivateView;
import dev.credence.platform.linux.PseudoTerminal;
import dev.credence.platform.linux.SpawnedProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;

/// What is done in the program's thread: a view of the file system in which the copy lies where the
/// code is, and the program started in it. Nothing else may be done there: see [ProgramThread].
///
/// @param parts of the launch
/// @param place frozen
record ProgramView(LaunchParts parts, LaunchPlace place) {
  /// Enters the view and starts the program.
  ///
  /// @throws LaunchRefusedException with the line for the caller
  /// @throws IOException if the kernel refuses something that it should not
  ProgramThread.Spawned spawn() throws IOException, LaunchRefusedException {
    FileStat executable = enter();
    long view = PrivateView.namespace();
    SpawnedProcess process =
        SpawnedProcess.start(
            new SpawnedProcess.Program(
                ProgramCommand.of(parts.plan(), parts.account(), place.group().folder()),
                ProgramCommand.environment(parts.plan()),
                parts.files().standard(),
                place.terminal().map(PseudoTerminal::path)));
    return new ProgramThread.Spawned(process, view, executable);
  }

  /// From here on this thread sees the copy where the code is.
  private FileStat enter() throws IOException, LaunchRefusedException {
    LaunchPlan plan = parts.plan();
    Path code = plan.code().path();
    try {
      PrivateView.enter();
    } catch (IOException e) {
      throw LaunchRefusedException.notByTheNode(
          "the node cannot give a program a view of the file system of its own: " + e.getMessage());
    }
    PrivateView.cover(code.toString(), plan.code().file(), parts.copy().folder().toString());
    var seen = new ArrayList<FileStat>();
    for (String file : plan.files()) {
      seen.add(requireCopied(code.resolve(file), parts.copy().folder().resolve(file)));
    }
    workIn(plan.workingFolder(), code);
    PrivateView.maskModes(parts.caller().umask());
    return plan.executable(seen);
  }

  private static FileStat requireCopied(Path place, Path copy)
      throws IOException, LaunchRefusedException {
    try (OpenFile seen = OpenFile.withoutLinks(place.toString());
        OpenFile kept = OpenFile.withoutLinks(copy.toString())) {
      if (!seen.isSame(kept)) {
        throw new IOException(place + " does not show the copy");
      }
      return seen.stat();
    } catch (IOException e) {
      throw LaunchRefusedException.of(
          place
              + " is not in the measured copy, or is a link (expected: a plain file there that is not ignored)");
    }
  }

  private void workIn(Path folder, Path code) throws IOException, LaunchRefusedException {
    try (OpenFile opened = OpenFile.withoutLinks(folder.toString())) {
      if (!folder.startsWith(code) && !opened.isSame(parts.files().workingFolder())) {
        throw LaunchRefusedException.of(
            "the working folder, " + folder + ", is another one by now");
      }
      PrivateView.workIn(opened);
    } catch (IOException e) {
      throw LaunchRefusedException.of(
          "the working folder, "
              + folder
              + ", is not in the measured copy (expected: a folder with code in it, or one outside the code's)");
    }
  }
}
