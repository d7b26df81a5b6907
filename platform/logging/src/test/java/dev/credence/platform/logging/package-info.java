@NullMarked
package dev.credence.platform.logging;

import org.jspecify.annotations.NullMarked;
