package dev.credence.server.core.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What an administrator may do over the network. The local socket may do everything.
public enum AdministratorRole {
  /// Everything but administrators, authorities, and what persons administer as.
  OPERATOR,
  /// Agents, services and their selectors, of its owners and those below them; nothing else.
  REGISTRAR,
  /// Looks at everything, changes nothing.
  AUDITOR;

  /// The word in commands and events.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// By its word.
  public static Optional<AdministratorRole> of(String label) {
    return Arrays.stream(values()).filter(role -> role.label().equals(label)).findFirst();
  }
}
