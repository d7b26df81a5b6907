/// How Credence's own parts talk: Unix sockets whose callers the kernel names, and mutual TLS 1.3
/// between SVIDs that rotate. Start at {@link dev.credence.transport.UnixSocketServer} and {@link
/// dev.credence.transport.MutualTls}.
@NullMarked
package dev.credence.transport;

import org.jspecify.annotations.NullMarked;
