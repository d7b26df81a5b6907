package dev.credence.server.core.port;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Bar;
import dev.credence.server.core.model.Page;
import java.util.List;
import java.util.Optional;

/// The part of [Bars] that only looks.
public interface BarReads {
  Optional<Bar> find(Id id);

  /// The one in force for that agent or service on that node.
  Optional<Bar> inForce(Id node, Id subject);

  /// One in force that binds processes of that uid there, whatever else they are registered as.
  Optional<Bar> inForceFor(Id node, int uid);

  /// All in force on that node, in order of setting.
  List<Bar> inForceOn(Id node);

  /// In order of setting.
  ///
  /// @param lifted lifted ones too
  Page<Bar> list(boolean lifted, Page.Request page);
}
