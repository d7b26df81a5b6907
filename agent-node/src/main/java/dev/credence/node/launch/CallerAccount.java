package dev.credence.node.launch;

import dev.credence.platform.linux.FileCredentials;
import java.io.IOException;

/// As whom a caller's program runs, and with whose rights its code is read.
///
/// @param accounts of this host
/// @param caller whose rights were noted when it connected
record CallerAccount(Accounts accounts, FileCredentials caller) {
  /// An ordinary user runs programs as nobody but itself; root names somebody else, for uid 0 can
  /// leave any sandbox.
  ///
  /// @param name empty: the caller itself
  Account runsAs(String name) throws IOException, LaunchRefusedException {
    if (caller.uid() == 0) {
      return named(name);
    }
    // Not the account's groups, but those that the caller has: it may have given some up.
    Account own = accounts.of(caller.uid()).in(caller.gid(), caller.groups());
    if (!name.isEmpty() && !name.equals(own.name())) {
      throw LaunchRefusedException.of(
          "--user "
              + Said.quoted(name)
              + ": only root may name another account than its own, "
              + own.name()
              + " (expected: no --user)");
    }
    return own;
  }

  private Account named(String name) throws IOException, LaunchRefusedException {
    if (name.isEmpty()) {
      throw LaunchRefusedException.of(
          "root must say as whom the program runs: uid 0 can leave any sandbox (expected: --user NAME)");
    }
    Account account =
        accounts
            .named(name)
            .orElseThrow(() ->
                LaunchRefusedException.of(
                    "--user "
                        + Said.quoted(name)
                        + ": no such account in /etc/passwd (expected: one that is there)"));
    if (account.uid() == 0 || account.gid() == 0 || account.groups().contains(0)) {
      throw LaunchRefusedException.of(
          "--user "
              + name
              + " is root, or in root's group (expected: an account of the agent's own)");
    }
    return account;
  }

  /// The caller's rights.
  CodeCopies.Reader reader() {
    return new CodeCopies.Reader(caller.uid(), caller.gid(), caller.groups());
  }
}
