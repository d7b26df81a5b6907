package dev.credence.attestors.linux;

import dev.credence.platform.linux.ExecutableFile;
import dev.credence.platform.linux.FileStat;
import dev.credence.platform.linux.MountTable;
import dev.credence.platform.linux.Namespaces;
import dev.credence.platform.linux.ProcessFacts;
import dev.credence.platform.linux.Restrictions;
import dev.credence.platform.linux.UnattestableException;
import java.io.IOException;
import java.util.Optional;

/// Who may change the program that the process runs.
final class FileRightsEvidence {
  private static final String SOURCE = "/proc/PID/exe";

  private FileRightsEvidence() {}

  static void collect(ProcessFacts facts, MountTable mounts, EvidenceList evidence)
      throws UnattestableException {
    if (!Namespaces.sameAsOwn(facts.pid(), Namespaces.Kind.USER)) {
      gap(evidence, ExecutableEvidence.OWN_USERS);
      return;
    }
    try (ExecutableFile file = ExecutableFile.of(facts.pid())) {
      // Owner and rights are what the file system says, too.
      Optional<String> doubt = new SeenMounts(mounts, facts).doubt(file);
      if (doubt.isPresent()) {
        gap(evidence, doubt.get());
        return;
      }
      FileStat stat = file.stat();
      if (evidence.wants("executable_owner")) {
        evidence.add("executable_owner", Integer.toUnsignedString(stat.uid()), SOURCE);
      }
      if (evidence.wants("executable_writable")) {
        // Any doubt is a yes: group rights count whether it is in the group or not, since an access
        // control list may hide behind them.
        boolean writable =
            stat.writableBy(facts.uid()) || Restrictions.read(facts.pid()).overridesFileRights();
        evidence.add("executable_writable", String.valueOf(writable), SOURCE);
      }
    } catch (IOException e) {
      gap(evidence, ProcessAttestor.lasting(facts, e));
    }
  }

  private static void gap(EvidenceList evidence, String why) {
    evidence.gap("executable_owner", why);
    evidence.gap("executable_writable", why);
  }
}
