package dev.credence.node.launch;

import dev.credence.platform.linux.LaunchedProcess;
import dev.credence.platform.linux.UnattestableException;
import java.util.Optional;
import java.util.function.LongSupplier;

/// What must stay true of a program that a node started under its own uid: the program is in the
/// user namespace that it was given, and the copy of its code is what was measured, although every
/// process of that user could change it. Thread-safe.
///
/// Within a further user namespace a process may have the kernel show any program as its own; so
/// what has gone into one is not believed to be the program that was started.
final class OwnCondition implements Condition {
  private final long users;
  private final CopyLooks looks;

  /// @param users inode of its user namespace
  /// @param nanos a clock that never steps, for how old a look at the copy is: at most a second
  OwnCondition(long users, CodeCopies.Copy copy, LongSupplier nanos) {
    this.users = users;
    this.looks = new CopyLooks(copy::isIntact, nanos, CopyLooks.USUAL);
  }

  @Override
  public Optional<String> broken(int pid) throws UnattestableException {
    if (LaunchedProcess.userNamespace(pid) != users) {
      return Optional.of("it has left the user namespace that it was started in");
    }
    return looks.isIntact()
        ? Optional.empty()
        : Optional.of("the node's copy of its code is not what was measured any more");
  }
}
