package dev.credence.server.store;

import dev.credence.server.core.port.Store;
import dev.credence.server.core.port.StoreContract;
import dev.credence.server.store.postgres.PostgresExtension;
import dev.credence.server.store.postgres.RealPostgres;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtendWith;

/// What use cases rely on, on a real PostgreSQL.
@ExtendWith(PostgresExtension.class)
class PostgresqlStoreContractTest extends StoreContract {
  private final PostgresqlSettings database;

  PostgresqlStoreContractTest(RealPostgres postgres) throws Exception {
    this.database = postgres.newDatabase();
  }

  @Override
  protected Store open(Path folder) throws Exception {
    return PostgresqlStore.open(database, StoreSettings.defaults(failure -> {}));
  }
}
