/// What the server does, without wire, SQL or network: one use case per class. Start at
/// [dev.credence.server.core.ServerCore], which puts them together over a
/// [dev.credence.server.core.port.Store].
@NullMarked
package dev.credence.server.core;

import org.jspecify.annotations.NullMarked;
