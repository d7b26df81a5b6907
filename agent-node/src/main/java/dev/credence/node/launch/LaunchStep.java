package dev.credence.node.launch;

/// How far a launch had come when it was refused. Refusals at different steps are told apart, which
/// what callers write must not bring about.
public enum LaunchStep {
  /// Who asks.
  CALLER("caller"),
  /// Whether there is room.
  LIMIT("limit"),
  /// Whether the node knows its registrations.
  NODE("node"),
  /// Which agent is meant.
  AGENT("agent"),
  /// As whom it runs.
  USER("user"),
  /// What is run.
  COMMAND("command"),
  /// The measuring of its code.
  CODE("code"),
  /// Whether a registration fits.
  REGISTRATION("registration"),
  /// Its start.
  START("start");

  private final String label;

  LaunchStep(String label) {
    this.label = label;
  }

  /// The word for it in events.
  public String label() {
    return label;
  }
}
