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
import java.util.Set;

/// Makes the `process:` selectors: what else the kernel knows of any process. Thread-safe. Get one
/// by [UnixAttestor#process()].
///
/// - `cgroup`, `no_new_privs`, `seccomp`, `capabilities` (those it may use: the permitted set),
///   `lsm`, `mount_namespace`, `pid_namespace`, `user_namespace`, `network_namespace` (`node`: the
///   node's own).
/// - `executable_owner`: uid of the program's file; `executable_writable`: whether the process may
///   be able to change that file, by its uid, the file's rights, or its capabilities.
/// - `parent_path`, `ancestor_path`: what those above it run now. They do not say who started it.
/// - `mapped_path`, `mapped_sha256`: files that it has mapped to be run, and Java archives. They do
///   not say that it runs them.
/// - `script`: what the command line of an interpreter says that it runs: `claimed`.
///
/// Only what some registration names is read. Nothing but `script` speaks about code.
public final class ProcessAttestor implements WorkloadAttestor {
  static final String TYPE = "process";

  private final MountTable mounts;
  private final MappedEvidence mapped;
  private final ScriptEvidence script;

  ProcessAttestor(MountTable mounts, FileDigests digests, PatientReading reading) {
    this.mounts = mounts;
    this.mapped = new MappedEvidence(mounts, digests, reading);
    this.script = new ScriptEvidence(reading);
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
    var evidence = new EvidenceList(TYPE, wanted);
    if (!wanted.names(TYPE)) {
      return evidence.attested();
    }
    try {
      ProcessFacts facts = ProcessFacts.read(process.pid());
      SameUser.require(process, facts);
      ConfinementEvidence.collect(facts, evidence);
      collect(facts, evidence);
      return evidence.attested();
    } catch (UnattestableException e) {
      throw new AttestationException(String.valueOf(e.getMessage()), e);
    }
  }

  private void collect(ProcessFacts facts, EvidenceList evidence) throws UnattestableException {
    if (evidence.wants("executable_owner") || evidence.wants("executable_writable")) {
      FileRightsEvidence.collect(facts, mounts, evidence);
    }
    if (evidence.wants("parent_path") || evidence.wants("ancestor_path")) {
      ParentEvidence.collect(facts, mounts, evidence);
    }
    if (evidence.wants("mapped_path") || evidence.wants("mapped_sha256")) {
      mapped.collect(facts, evidence);
    }
    if (evidence.wants("script")) {
      script.collect(facts, evidence);
    }
  }

  /// What could not be read for want of descriptors or time is not a gap: it says nothing about the
  /// process.
  static String lasting(ProcessFacts facts, IOException e) throws UnattestableException {
    UnattestableException refusal = UnattestableException.unreadable(facts.pid(), e);
    if (refusal.isTransient()) {
      throw refusal;
    }
    return String.valueOf(e.getMessage());
  }
}
