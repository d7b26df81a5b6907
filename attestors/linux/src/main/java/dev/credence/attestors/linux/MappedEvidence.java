package dev.credence.attestors.linux;

import dev.credence.platform.linux.ExecutableFile;
import dev.credence.platform.linux.MappedFiles;
import dev.credence.platform.linux.MountTable;
import dev.credence.platform.linux.Namespaces;
import dev.credence.platform.linux.ProcessFacts;
import dev.credence.platform.linux.UnattestableException;
import java.io.IOException;
import java.util.Optional;

/// Which files the process has mapped to be run, and Java archives. Any process can map any file
/// that it may read, so this says nothing about the code that runs.
final class MappedEvidence {
  private static final int MOST = 512;
  private static final String OWN_USERS =
      "it is in a user namespace of its own, in which one user has many uids and mounts what file"
          + " systems it likes, each of which could keep the node waiting";
  private static final String SOURCE = "/proc/PID/map_files";

  private final MountTable mounts;
  private final FileDigests digests;
  private final PatientReading reading;

  MappedEvidence(MountTable mounts, FileDigests digests, PatientReading reading) {
    this.mounts = mounts;
    this.digests = digests;
    this.reading = reading;
  }

  void collect(ProcessFacts facts, EvidenceList evidence) throws UnattestableException {
    if (!Namespaces.sameAsOwn(facts.pid(), Namespaces.Kind.USER)) {
      evidence.gap("mapped_path", OWN_USERS);
      evidence.gap("mapped_sha256", OWN_USERS);
      return;
    }
    try (MappedFiles mapped =
        reading.of(facts.uid(), () -> MappedFiles.of(facts.pid(), MOST), MappedFiles::close)) {
      var seen = new SeenMounts(mounts, facts);
      for (ExecutableFile file : mapped.files()) {
        if (evidence.wants("mapped_path")) {
          path(facts, file, evidence);
        }
        if (evidence.wants("mapped_sha256")) {
          digest(facts, file, seen, evidence);
        }
      }
    } catch (IOException e) {
      String why = ProcessAttestor.lasting(facts, e);
      evidence.gap("mapped_path", why);
      evidence.gap("mapped_sha256", why);
    }
  }

  /// Only such a digest may be remembered. What is executed cannot be written to, but what is
  /// mapped can: its owner writes through a shared mapping of its own, and no time of the file
  /// moves.
  private static boolean isRoots(ExecutableFile file) throws IOException {
    return file.stat().uid() == 0;
  }

  private void path(ProcessFacts facts, ExecutableFile file, EvidenceList evidence)
      throws IOException {
    Optional<String> path = facts.sameMountNamespace() ? file.pathIn(mounts) : Optional.empty();
    path.ifPresentOrElse(
        found -> evidence.addOneOfMany("mapped_path", found, SOURCE),
        () ->
            evidence.gap(
                "mapped_path",
                "the node does not reach the process's mapped files by paths of its own"));
  }

  private void digest(
      ProcessFacts facts, ExecutableFile file, SeenMounts seen, EvidenceList evidence)
      throws IOException, UnattestableException {
    Optional<String> doubt = seen.doubt(file);
    if (doubt.isPresent()) {
      evidence.gap("mapped_sha256", doubt.get());
      return;
    }
    boolean local = seen.fileSystem(file).filter(LocalFileSystems::contains).isPresent();
    boolean lasting = local && isRoots(file);
    try {
      String digest = digests.of(file, facts.uid(), lasting).digest().toString();
      evidence.addOneOfMany("mapped_sha256", digest, SOURCE);
    } catch (HashRefusedException e) {
      if (e.isTransient()) {
        throw UnattestableException.notNow(
            "a file that process " + facts.pid() + " has mapped was not read: " + e.getMessage(),
            e);
      }
      evidence.gap("mapped_sha256", String.valueOf(e.getMessage()));
    }
  }
}
