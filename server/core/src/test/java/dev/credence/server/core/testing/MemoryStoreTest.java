package dev.credence.server.core.testing;

import dev.credence.server.core.port.Store;
import dev.credence.server.core.port.StoreContract;
import java.nio.file.Path;

final class MemoryStoreTest extends StoreContract {
  @Override
  protected Store open(Path folder) {
    return new MemoryStore();
  }
}
