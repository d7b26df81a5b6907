/// A real PostgreSQL for tests, also for those of other modules.
@NullMarked
package dev.credence.server.store.postgres;

import org.jspecify.annotations.NullMarked;
