package dev.credence.server.core.testing;

import dev.credence.server.core.port.Store;
import dev.credence.server.core.port.StoreContract;
import java.nio.file.Path;

final class MemoryStoreTest extends StoreContract {
  private final MemoryStore store = new MemoryStore();

  /// There is one writer only: both are the same.
  @Override
  protected Store open(Path folder) {
    return store;
  }
}
