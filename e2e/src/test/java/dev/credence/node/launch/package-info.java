/// What callers of the launch socket say, under fire.
@NullMarked
package dev.credence.node.launch;

import org.jspecify.annotations.NullMarked;
