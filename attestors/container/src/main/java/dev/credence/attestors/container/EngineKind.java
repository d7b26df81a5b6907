package dev.credence.attestors.container;

/// Which engine made a container. Both answer the same questions; how their containers' control
/// groups are called tells them apart.
enum EngineKind {
  DOCKER("Docker"),
  PODMAN("Podman");

  private final String label;

  EngineKind(String label) {
    this.label = label;
  }

  /// For people.
  String label() {
    return label;
  }
}
