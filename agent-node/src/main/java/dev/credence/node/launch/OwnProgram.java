package dev.credence.node.launch;

import dev.credence.platform.linux.FileStat;
import dev.credence.platform.linux.OpenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What a node that is not root starts for one launch, and where. Without a view of its own the
/// program works in the copy itself, instead of in the folder of its code.
///
/// @param command its arguments, the program's absolute path first
/// @param work folder that it works in, as it sees it
/// @param workIs that folder
/// @param executable what it is to execute
record OwnProgram(List<String> command, Path work, FileStat workIs, FileStat executable) {
  OwnProgram {
    command = List.copyOf(command);
  }

  /// Puts it together.
  ///
  /// @throws LaunchRefusedException if a file is not in the copy, or if the command cannot be given
  ///   the copy in place of the original
  static OwnProgram of(LaunchParts parts, OwnHost host) throws LaunchRefusedException {
    LaunchPlan plan = parts.plan();
    if (!host.views()) {
      requireMovable(plan);
    }
    var files = new ArrayList<FileStat>();
    for (String file : plan.files()) {
      files.add(file(parts.copy().folder().resolve(file), plan.code().path().resolve(file)));
    }
    return new OwnProgram(
        host.views() ? plan.command() : inCopy(plan, parts.copy()),
        host.views() ? plan.workingFolder() : placeInCopy(plan, parts.copy()),
        work(parts),
        plan.executable(files));
  }

  private static FileStat work(LaunchParts parts) throws LaunchRefusedException {
    LaunchPlan plan = parts.plan();
    if (!plan.workingFolder().startsWith(plan.code().path())) {
      try {
        return parts.files().workingFolder().stat();
      } catch (IOException e) {
        throw LaunchRefusedException.of("the working folder cannot be used: " + e.getMessage());
      }
    }
    try (OpenFile folder = OpenFile.withoutLinks(placeInCopy(plan, parts.copy()).toString())) {
      return folder.stat();
    } catch (IOException e) {
      throw LaunchRefusedException.of(
          "the working folder, "
              + plan.workingFolder()
              + ", is not in the measured copy (expected: a folder with code in it, or one outside the code's)");
    }
  }

  private static FileStat file(Path copy, Path original) throws LaunchRefusedException {
    try (OpenFile kept = OpenFile.withoutLinks(copy.toString())) {
      return kept.stat();
    } catch (IOException e) {
      throw LaunchRefusedException.of(
          original
              + " is not in the measured copy, or is a link (expected: a plain file there that is not ignored)");
    }
  }

  /// What is named from the working folder means the copy's file, once that is the copy's; what is
  /// named by its absolute path would mean the original.
  private static void requireMovable(LaunchPlan plan) throws LaunchRefusedException {
    String code = plan.code().path().toString();
    if (!plan.workingFolder().startsWith(plan.code().path())) {
      throw cannotCover(
          "the working folder is " + plan.workingFolder() + " (expected: one inside " + code + ")");
    }
    for (String argument : plan.arguments()) {
      if (argument.contains(code)) {
        throw cannotCover(
            Said.quoted(argument)
                + " names the folder of the code (expected: paths that begin in it)");
      }
    }
  }

  private static LaunchRefusedException cannotCover(String why) {
    return LaunchRefusedException.of(
        "this host lets the node make no user namespaces, so the program works in the node's copy of its code; "
            + why);
  }

  private static Path placeInCopy(LaunchPlan plan, CodeCopies.Copy copy) {
    return copy.folder().resolve(plan.code().path().relativize(plan.workingFolder()));
  }

  private static List<String> inCopy(LaunchPlan plan, CodeCopies.Copy copy) {
    var command = new ArrayList<>(plan.command());
    if (plan.program().isEmpty()) {
      command.set(0, copy.folder().resolve(plan.files().getFirst()).toString());
    }
    return command;
  }
}
