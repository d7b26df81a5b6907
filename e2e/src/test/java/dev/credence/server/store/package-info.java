/// Doors into this package for tests that fire at its parsers.
@NullMarked
package dev.credence.server.store;

import org.jspecify.annotations.NullMarked;
