package dev.credence.attestors.linux;

import dev.credence.attestors.AttestationException;
import dev.credence.attestors.ProcessRef;
import dev.credence.platform.linux.ProcessFacts;

/// Whether the process still runs as who connected.
final class SameUser {
  private SameUser() {}

  static void require(ProcessRef process, ProcessFacts facts) throws AttestationException {
    if (facts.uid() != process.uid() || facts.gid() != process.gid()) {
      throw new AttestationException(
          "process "
              + process.pid()
              + " runs as uid "
              + Integer.toUnsignedString(facts.uid())
              + ", gid "
              + Integer.toUnsignedString(facts.gid())
              + " (expected: those that connected, "
              + Integer.toUnsignedString(process.uid())
              + " and "
              + Integer.toUnsignedString(process.gid())
              + ")");
    }
  }
}
