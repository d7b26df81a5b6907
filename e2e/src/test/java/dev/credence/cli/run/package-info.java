/// What the node says to `credence run`, under fire.
@NullMarked
package dev.credence.cli.run;

import org.jspecify.annotations.NullMarked;
