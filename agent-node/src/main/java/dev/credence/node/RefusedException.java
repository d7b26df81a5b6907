package dev.credence.node;

import dev.credence.platform.linux.UnattestableException;

/// A caller does not get what it asks for.
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Standing standing;

  /// @param standing Denied or NotNow
  RefusedException(Standing standing) {
    super(standing.toString());
    this.standing = standing;
  }

  /// Because of what was seen of its process, or wasn't.
  static RefusedException of(RefusalReason reason, UnattestableException e) {
    return new RefusedException(
        e.isTransient()
            ? new Standing.NotNow(Evaluation.NOT_SEEN)
            : Standing.Denied.unattestable(reason, String.valueOf(e.getMessage())));
  }

  Standing standing() {
    return standing;
  }
}
