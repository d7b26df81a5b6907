/// What tests of the server need: a store in memory that fails on command, a clock and a ticker
/// that tests move, and a whole core with an authority. Start at
/// [dev.credence.server.core.testing.CoreWorld].
@NullMarked
package dev.credence.server.core.testing;

import org.jspecify.annotations.NullMarked;
