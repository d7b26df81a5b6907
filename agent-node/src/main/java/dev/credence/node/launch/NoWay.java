package dev.credence.node.launch;

import dev.credence.attestors.Evidence;
import dev.credence.platform.linux.PeerCredentials;
import dev.credence.proto.launch.v1.LaunchRequest;
import java.util.List;
import java.util.Optional;

/// That of a node which starts nothing, as it is configured.
///
/// @param why for its log and for callers
record NoWay(String why) implements LaunchWay {
  @Override
  public Optional<LaunchRefusedException> notFor(PeerCredentials caller) {
    return Optional.of(refusal());
  }

  @Override
  public List<Evidence> evidence(List<Evidence> asRoot) {
    return List.of();
  }

  @Override
  public Optional<String> fileBecause() {
    return Optional.empty();
  }

  @Override
  public Optional<String> sharedBecause(Account account, CodeRuntime runtime) {
    return Optional.empty();
  }

  @Override
  public StartedProgram start(LaunchParts parts, LaunchRequest request, LaunchTable table)
      throws LaunchRefusedException {
    throw refusal();
  }

  private LaunchRefusedException refusal() {
    return LaunchRefusedException.of("the node starts no programs: " + why);
  }

  @Override
  public String description() {
    return "not at all: " + why;
  }

  @Override
  public void close() {
    // It has started none.
  }
}
