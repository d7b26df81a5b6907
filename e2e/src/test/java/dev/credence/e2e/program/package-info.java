/// The built program as real processes: `credence` and its daemons, and processes that ask for
/// identities. Start at [Program] (one command), [Dev] (a running `credence dev`) and [Workload] (a
/// process with an executable of its own).
@NullMarked
package dev.credence.e2e.program;

import org.jspecify.annotations.NullMarked;
