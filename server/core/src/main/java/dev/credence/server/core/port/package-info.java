/// What the server needs of a database. Start at [dev.credence.server.core.port.Store]; every
/// implementation passes the contract tests in this module's test-jar.
@NullMarked
package dev.credence.server.core.port;

import org.jspecify.annotations.NullMarked;
