/// `credence run`: asks the node to start a program, and stays with it until it ends.
@NullMarked
package dev.credence.cli.run;

import org.jspecify.annotations.NullMarked;
