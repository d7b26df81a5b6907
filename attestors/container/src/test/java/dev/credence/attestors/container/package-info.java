/// Tests, and a real engine for those of other modules.
@NullMarked
package dev.credence.attestors.container;

import org.jspecify.annotations.NullMarked;
