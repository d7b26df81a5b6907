package dev.credence.server.app;

import dev.credence.server.store.CommitListener;

/// Tells two.
record BothListeners(CommitListener first, CommitListener second) implements CommitListener {
  @Override
  public void committed(Commit commit) {
    first.committed(commit);
    second.committed(commit);
  }

  @Override
  public void reached(Point point) {
    first.reached(point);
    second.reached(point);
  }
}
