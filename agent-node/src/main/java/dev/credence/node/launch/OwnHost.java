package dev.credence.node.launch;

import dev.credence.platform.linux.FileCredentials;
import dev.credence.platform.linux.OpenFile;
import dev.credence.platform.linux.SpawnedProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a node that is not root has to start programs with.
///
/// @param own whose rights it has, and its programs have
/// @param views it can give a program a view of the files of its own, in a user namespace of its
///   own
/// @param hidden folder of the node's that is not seen in such a view
record OwnHost(FileCredentials own, boolean views, Path hidden) {
  private static final Duration TRIED_WITHIN = Duration.ofSeconds(10);
  private static final int KILL = 9;

  /// Tries it, for there are many ways in which a host keeps ordinary users from user namespaces,
  /// or from mounts within them.
  ///
  /// @throws IOException if the kernel does not say who this process is
  static OwnHost explore(Path hidden) throws IOException {
    FileCredentials own = FileCredentials.own();
    var wanted = new OwnHost(own, true, hidden);
    return new OwnHost(own, succeeds(new OwnStages(wanted).trial()), hidden);
  }

  private static boolean succeeds(List<String> command) {
    try (OpenFile nothing = OpenFile.nothing();
        SpawnedProcess trial =
            SpawnedProcess.start(
                new SpawnedProcess.Program(
                    command,
                    List.of(),
                    new ArrayList<>(List.of(nothing, nothing, nothing)),
                    Optional.empty()))) {
      boolean ended = trial.awaitEnd(TRIED_WITHIN);
      if (!ended) {
        var _ = trial.signal(KILL);
      }
      SpawnedProcess.Ending ending = trial.collect();
      return ended && !ending.signalled() && ending.number() == 0;
    } catch (IOException e) {
      return false; // one of these programs is not there
    }
  }
}
