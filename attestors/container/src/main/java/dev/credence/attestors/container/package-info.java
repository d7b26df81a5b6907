/// Properties of containers, asked of the Docker-compatible API of Docker or Podman on a Unix
/// socket.
@NullMarked
package dev.credence.attestors.container;

import org.jspecify.annotations.NullMarked;
