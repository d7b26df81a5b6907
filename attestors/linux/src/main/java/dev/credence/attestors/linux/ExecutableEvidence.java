package dev.credence.attestors.linux;

import dev.credence.certs.CodeAssurance;
import dev.credence.platform.linux.ExecutableFile;
import dev.credence.platform.linux.MountTable;
import dev.credence.platform.linux.Namespaces;
import dev.credence.platform.linux.ProcessFacts;
import dev.credence.platform.linux.UnattestableException;
import java.io.IOException;
import java.util.Optional;

/// Which program the process runs.
final class ExecutableEvidence {
  private static final String SOURCE = "/proc/PID/exe";
  static final String OWN_USERS =
      "it is in a user namespace of its own, in which a process can make the kernel show any program"
          + " as the one that it runs (prctl(2), PR_SET_MM_MAP)";

  private final MountTable mounts;
  private final FileDigests digests;

  ExecutableEvidence(MountTable mounts, FileDigests digests) {
    this.mounts = mounts;
    this.digests = digests;
  }

  /// Nothing comes back out of a user namespace but by an exec, which the process's mark tells; so
  /// it does not matter when this is asked.
  void collect(ProcessFacts facts, EvidenceList evidence) throws UnattestableException {
    if (!Namespaces.sameAsOwn(facts.pid(), Namespaces.Kind.USER)) {
      evidence.gap("path", OWN_USERS);
      evidence.gap("sha256", OWN_USERS);
      return;
    }
    try (ExecutableFile file = ExecutableFile.of(facts.pid())) {
      path(facts, file, isLocal(mounts.fileSystem(file.stat().mountId())), evidence);
      if (evidence.wants("sha256")) {
        digest(facts, file, evidence);
      }
    } catch (IOException e) {
      requireLasting(facts, e);
      evidence.gap("path", String.valueOf(e.getMessage()));
      evidence.gap("sha256", String.valueOf(e.getMessage()));
    }
  }

  private void path(ProcessFacts facts, ExecutableFile file, boolean local, EvidenceList evidence)
      throws IOException {
    Optional<String> path = facts.sameMountNamespace() ? file.pathIn(mounts) : Optional.empty();
    if (path.isEmpty()) {
      evidence.gap(
          "path",
          "the node does not reach the process's executable by a path of its own: it was deleted, or"
              + " lies in another mount namespace (a container), where anyone can show any path");
      return;
    }
    boolean interpreter = Interpreters.hasName(path.get());
    evidence.add("path", path.get(), assurance(interpreter, local), SOURCE);
  }

  private void digest(ProcessFacts facts, ExecutableFile file, EvidenceList evidence)
      throws IOException, UnattestableException {
    var seen = new SeenMounts(mounts, facts);
    Optional<String> doubt = seen.doubt(file);
    if (doubt.isPresent()) {
      evidence.gap("sha256", doubt.get());
      return;
    }
    boolean local = isLocal(seen.fileSystem(file));
    try {
      Fingerprint fingerprint = digests.of(file, facts.uid(), local);
      boolean interpreter = fingerprint.interpreter() || Interpreters.hasName(file.shownPath());
      evidence.add(
          "sha256", fingerprint.digest().toString(), assurance(interpreter, local), SOURCE);
    } catch (HashRefusedException e) {
      if (e.isTransient()) {
        throw UnattestableException.notNow(
            "the executable of process " + facts.pid() + " was not read: " + e.getMessage(), e);
      }
      evidence.gap("sha256", String.valueOf(e.getMessage()));
    }
  }

  /// What could not be read for want of descriptors is not a gap: it says nothing about the
  /// process.
  private static void requireLasting(ProcessFacts facts, IOException e)
      throws UnattestableException {
    UnattestableException refusal = UnattestableException.unreadable(facts.pid(), e);
    if (refusal.isTransient()) {
      throw refusal;
    }
  }

  private static CodeAssurance assurance(boolean interpreter, boolean local) {
    return interpreter || !local ? CodeAssurance.CLAIMED : CodeAssurance.FILE;
  }

  private static boolean isLocal(Optional<String> type) {
    return type.map(LocalFileSystems::contains).orElse(false);
  }
}
