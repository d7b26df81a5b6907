package dev.credence.attestors.linux;

import dev.credence.platform.linux.ExecutableFile;
import dev.credence.platform.linux.MappedFiles;
import dev.credence.platform.linux.MountTable;
import dev.credence.platform.linux.ProcessFacts;
import dev.credence.platform.linux.UnattestableException;
import java.io.IOException;
import java.util.Optional;

/// Which files the process has mapped to be run, and Java archives. Any process can map any file
/// that it may read, so this says nothing about the code that runs.
final class MappedEvidence {
  private static final int MOST = 512;
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
    try (MappedFiles mapped =
        reading.of(facts.uid(), () -> MappedFiles.of(facts.pid(), MOST), MappedFiles::close)) {
      for (ExecutableFile file : mapped.files()) {
        collect(facts, file, evidence);
      }
    } catch (IOException e) {
      String why = ProcessAttestor.lasting(facts, e);
      evidence.gap("mapped_path", why);
      evidence.gap("mapped_sha256", why);
    }
  }

  private void collect(ProcessFacts facts, ExecutableFile file, EvidenceList evidence)
      throws IOException, UnattestableException {
    Optional<String> type = mounts.fileSystem(file.stat().mountId());
    if (evidence.wants("mapped_path")) {
      path(facts, file, evidence);
    }
    if (evidence.wants("mapped_sha256") && type.filter(LocalFileSystems::isMadeUp).isPresent()) {
      evidence.gap("mapped_sha256", LocalFileSystems.MADE_UP);
    } else if (evidence.wants("mapped_sha256")) {
      digest(
          facts,
          file,
          type.map(LocalFileSystems::contains).orElse(false) && isRoots(file),
          evidence);
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
      ProcessFacts facts, ExecutableFile file, boolean lasting, EvidenceList evidence)
      throws UnattestableException {
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
