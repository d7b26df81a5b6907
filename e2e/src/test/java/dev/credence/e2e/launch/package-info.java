/// `credence run`: programs that the node starts, and tricks with it.
@NullMarked
package dev.credence.e2e.launch;

import org.jspecify.annotations.NullMarked;
