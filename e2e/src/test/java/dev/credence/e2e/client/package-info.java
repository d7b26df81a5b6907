/// Clients of the wire contract itself, without the program's own ones in between: [Admin] for the
/// administrator's socket, [WorkloadApi] for a node's socket, [RawNode] for a node that may lie.
@NullMarked
package dev.credence.e2e.client;

import org.jspecify.annotations.NullMarked;
