/// Doors into this package for tests that fire at its parsers.
@NullMarked
package dev.credence.platform.linux;

import org.jspecify.annotations.NullMarked;
