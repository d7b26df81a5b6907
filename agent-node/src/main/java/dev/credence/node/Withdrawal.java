package dev.credence.node;

import java.util.Set;

/// Ends that follow from what the registry says: the process may be left with other identities, and
/// its streams are told what it has now. After any other end by the server its streams end.
final class Withdrawal {
  private static final Set<String> REASONS =
      Set.of(
          "subject-suspended",
          "subject-retired",
          "subject-transferred",
          "owner-suspended",
          "owner-retired",
          "unregistered",
          "lifetime-changed",
          "svid-expired",
          "node-suspended",
          "node-banned",
          "node-evicted");

  private Withdrawal() {}

  static boolean isOne(String reason) {
    return REASONS.contains(reason);
  }
}
