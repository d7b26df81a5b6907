package dev.credence.attestors.systemd;

import java.util.Optional;

/// A unit of the system's own service manager.
///
/// @param id its full name, `invoice-bot.service`
/// @param fragmentPath the file that it was read from, if there is one
/// @param controlGroup its control group; empty: none
/// @param mainPid the process that systemd started for it and counts as the service; 0: none, or no
///   service
record Unit(String id, Optional<String> fragmentPath, String controlGroup, long mainPid) {
  private static final String SERVICE = ".service";

  boolean isService() {
    return id.endsWith(SERVICE);
  }

  /// A service manager of a user: what is below it is that user's, and so is what it runs.
  boolean isUserManager() {
    return id.startsWith("user@") && isService();
  }
}
