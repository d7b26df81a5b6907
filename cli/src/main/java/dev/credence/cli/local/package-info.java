/// A server and a node on this machine, as child processes. Start at [LocalPlane].
@NullMarked
package dev.credence.cli.local;

import org.jspecify.annotations.NullMarked;
