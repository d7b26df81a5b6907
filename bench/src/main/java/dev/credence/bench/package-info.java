/// Measures the built program and prints what it saw. Start at [BenchMain]; `bench/run` starts it.
@NullMarked
package dev.credence.bench;

import org.jspecify.annotations.NullMarked;
