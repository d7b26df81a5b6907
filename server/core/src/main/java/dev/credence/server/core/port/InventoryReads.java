package dev.credence.server.core.port;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Page;
import dev.credence.server.core.model.UnregisteredSum;
import java.time.Instant;
import java.util.Optional;

/// The part of [Inventory] that only looks.
public interface InventoryReads {
  /// In order of creation.
  Page<UnregisteredSum> list(Filter filter, Page.Request page);

  /// Which rows a list has.
  ///
  /// @param since of which one asked then or later
  /// @param node empty: of all
  record Filter(Instant since, Optional<Id> node) {}
}
