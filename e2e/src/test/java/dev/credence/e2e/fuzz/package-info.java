/// Every parser of bytes that nobody vouches for, under fire: [Targets] lists them, [FuzzTest]
/// fires for a moment in each build, and for as long as is wanted with `.ci/fuzz`.
@NullMarked
package dev.credence.e2e.fuzz;

import org.jspecify.annotations.NullMarked;
