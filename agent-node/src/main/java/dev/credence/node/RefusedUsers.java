package dev.credence.node;

import dev.credence.attestors.linux.AccountNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Puts users' names to refusals of processes that nobody registered, when these are reported,
/// which is rarer than calls are. Thread-safe.
final class RefusedUsers {
  private final AccountNames names;

  RefusedUsers(AccountNames names) {
    this.names = names;
  }

  static RefusedUsers ofHost() {
    return new RefusedUsers(new AccountNames(Path.of("/etc/passwd")));
  }

  List<Refusal> named(List<Refusal> refusals) {
    return refusals.stream().map(this::named).toList();
  }

  private Refusal named(Refusal refusal) {
    return refusal.caller().reason() == RefusalReason.UNREGISTERED
        ? refusal.withUser(name(refusal.caller().uid()))
        : refusal;
  }

  private String name(int uid) {
    try {
      return names.of(uid).orElse("");
    } catch (IOException e) {
      return ""; // for people only, and the number is there
    }
  }
}
