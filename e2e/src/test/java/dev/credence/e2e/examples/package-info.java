/// The examples of the project, run as they are.
@NullMarked
package dev.credence.e2e.examples;

import org.jspecify.annotations.NullMarked;
