package dev.credence.attestors.linux;

import dev.credence.attestors.AttestationException;
import dev.credence.attestors.Attested;
import dev.credence.attestors.ProcessRef;
import dev.credence.attestors.SelectorTypes;
import dev.credence.attestors.Wanted;
import dev.credence.attestors.WorkloadAttestor;
import dev.credence.platform.linux.MountTable;
import dev.credence.platform.linux.ProcessFacts;
import dev.credence.platform.linux.UnattestableException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.Provider;
import java.time.Clock;
import java.util.Set;

/// Makes the `unix:` selectors, under SPIRE's names and with SPIRE's meaning: `uid`, `user`, `gid`,
/// `group`, `supplementary_gid`, `supplementary_group`, `path`, `sha256`. Thread-safe.
///
/// - Ids are the effective ones, from the kernel. Names are those of /etc/passwd and /etc/group;
///   other name services are not asked.
/// - `path` only if the node itself reaches the very file by that path.
/// - `sha256` of the file that is executed, read only if some registration names it.
/// - The last two speak about code: `file`; or `claimed` for interpreters, and where the file
///   system is not the kernel's own.
/// - A process that another one traces (ptrace) is refused: its tracer is who runs.
public final class UnixAttestor implements WorkloadAttestor, AutoCloseable {
  static final String TYPE = "unix";

  private final MountTable mounts;
  private final FileDigests digests;
  private final HashLimits limits;
  private final AccountNames users = new AccountNames(Path.of("/etc/passwd"));
  private final AccountNames groups = new AccountNames(Path.of("/etc/group"));

  private UnixAttestor(MountTable mounts, FileDigests digests, HashLimits limits) {
    this.mounts = mounts;
    this.digests = digests;
    this.limits = limits;
  }

  /// Opens one.
  ///
  /// @param sha256 computes the digests; the fastest there is, since executables are large
  /// @param clock wall clock, the one that file times are compared with
  /// @throws IOException if /proc cannot be read
  public static UnixAttestor open(Provider sha256, Clock clock, HashLimits limits)
      throws IOException {
    var hasher = new FileHasher(sha256, limits.largest());
    return new UnixAttestor(MountTable.own(), new FileDigests(hasher, limits, clock), limits);
  }

  /// The attestor of further facts of the kernel, which shares this one's digests and their limits.
  /// It must not be used after this one was closed.
  public ProcessAttestor process() {
    return new ProcessAttestor(mounts, digests, new PatientReading(limits));
  }

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public Set<String> names() {
    return SelectorTypes.known().names(TYPE);
  }

  @Override
  public Attested attest(ProcessRef process, Wanted wanted) throws AttestationException {
    try {
      ProcessFacts facts = ProcessFacts.read(process.pid());
      SameUser.require(process, facts);
      requireUntraced(facts);
      var evidence = new EvidenceList(TYPE, wanted);
      new AccountEvidence(users, groups).collect(facts, evidence);
      new ExecutableEvidence(mounts, digests).collect(facts, evidence);
      return evidence.attested();
    } catch (UnattestableException e) {
      throw new AttestationException(String.valueOf(e.getMessage()), e);
    }
  }

  private static void requireUntraced(ProcessFacts facts) throws AttestationException {
    int tracer = facts.confinement().tracer();
    if (tracer != 0) {
      throw new AttestationException(
          "process "
              + facts.pid()
              + " is traced by process "
              + tracer
              + " (expected: no tracer, which could make it do anything)");
    }
  }

  @Override
  public void close() {
    mounts.close();
  }
}
