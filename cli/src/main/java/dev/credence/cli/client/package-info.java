/// Calls to the two daemons over their Unix sockets. Start at [DaemonConnection].
@NullMarked
package dev.credence.cli.client;

import org.jspecify.annotations.NullMarked;
