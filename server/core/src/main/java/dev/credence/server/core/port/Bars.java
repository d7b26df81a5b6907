package dev.credence.server.core.port;

import dev.credence.server.core.model.Bar;

/// What is barred where.
public interface Bars extends BarReads {
  /// None is in force for that agent on that node (checked by the caller; a second one violates a
  /// constraint).
  void insert(Bar bar);

  /// It binds processes of that uid on its node from now on; once more does nothing.
  void bind(Bar bar, int uid);

  /// Writes how the one in force was lifted.
  void lift(Bar bar);
}
