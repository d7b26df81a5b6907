/// Tests of what callers of the launch socket may say.
@NullMarked
package dev.credence.node.launch;

import org.jspecify.annotations.NullMarked;
