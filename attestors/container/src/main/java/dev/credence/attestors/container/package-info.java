/// What Docker or Podman says of the container that a process runs in.
///
/// Start with [dev.credence.attestors.container.DockerAttestor]. Where a process is comes from the
/// kernel (its control groups); what that place is comes from the engine, over its socket; and the
/// engine's own process of that container must be in the very same place.
@NullMarked
package dev.credence.attestors.container;

import org.jspecify.annotations.NullMarked;
