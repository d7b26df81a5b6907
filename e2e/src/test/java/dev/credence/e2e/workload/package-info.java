/// The program inside a workload process: it asks for its identities and tells on standard output
/// what it got. Start at [WorkloadMain]; tests drive it through
/// `dev.credence.e2e.program.Workload`.
@NullMarked
package dev.credence.e2e.workload;

import org.jspecify.annotations.NullMarked;
