package dev.credence.attestors;

/// Who could change an attested property, and so who is believed by whoever relies on it.
public enum Controller {
  /// The kernel holds it; changing it takes privilege.
  KERNEL("kernel"),
  /// Read from a file; whoever may write the file controls it.
  FILE("file"),
  /// Said by systemd or a container engine.
  ORCHESTRATOR("orchestrator"),
  /// The node measured or made it, before the process ran its first instruction.
  LAUNCHER("launcher"),
  /// Said by the process itself.
  PROCESS("process");

  private final String label;

  Controller(String label) {
    this.label = label;
  }

  /// The word for people and machines.
  public String label() {
    return label;
  }

  /// Who controls a property. It follows from the property's kind; whether that kind says something
  /// about the code that runs is said beside it, by [Evidence#code()].
  public static Controller of(Selector selector) {
    return switch (selector.type()) {
      case "code", "launch", "sandbox" -> LAUNCHER;
      case "systemd", "docker" -> ORCHESTRATOR;
      case "unix" ->
          switch (selector.name()) {
            case "path", "sha256" -> FILE;
            default -> KERNEL;
          };
      case "process" ->
          switch (selector.name()) {
            case "script" -> PROCESS;
            case "mapped_path", "mapped_sha256", "parent_path", "ancestor_path" -> FILE;
            default -> KERNEL;
          };
      default -> KERNEL;
    };
  }
}
