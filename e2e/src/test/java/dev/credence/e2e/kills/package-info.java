/// Servers and nodes that are killed with SIGKILL again and again, at named points and at any
/// moment, under load; and a checker of what must be true all the same. Start at `KillsTest`.
@NullMarked
package dev.credence.e2e.kills;

import org.jspecify.annotations.NullMarked;
