package dev.credence.server.core;

import dev.credence.server.core.model.AdministratorRole;
import java.util.Arrays;
import java.util.stream.Collectors;

/// What a call needs of an administrator who calls over the network. Who calls at the local socket
/// has all of them.
public enum Right {
  /// To look at what one's own owners have; operators and auditors have everybody's.
  LOOK_AT_OWN,
  /// To look at everything.
  LOOK,
  /// To change agents and services of one's own owners.
  REGISTER,
  /// To change everything else. What says nothing else needs this one.
  OPERATE,
  /// To change who administers: nobody over the network.
  GOVERN;

  boolean isOf(AdministratorRole role) {
    return switch (role) {
      case OPERATOR -> this != GOVERN;
      case REGISTRAR -> this == LOOK_AT_OWN || this == REGISTER;
      case AUDITOR -> this == LOOK_AT_OWN || this == LOOK;
    };
  }

  /// Who may, for people.
  String expected() {
    String may =
        Arrays.stream(AdministratorRole.values())
            .filter(this::isOf)
            .map(AdministratorRole::label)
            .collect(Collectors.joining(" or "));
    return may.isEmpty() ? "the server's local socket" : "role " + may;
  }
}
