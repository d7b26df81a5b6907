package dev.credence.server.store;

import dev.credence.server.core.port.Store;
import dev.credence.server.core.port.StoreContract;
import java.nio.file.Path;

/// What use cases rely on, on SQLite.
class SqliteStoreContractTest extends StoreContract {
  @Override
  protected Store open(Path folder) throws Exception {
    return SqliteStore.open(folder.resolve("credence.db"), StoreSettings.defaults(failure -> {}));
  }
}
