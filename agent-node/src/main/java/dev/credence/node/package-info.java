/// The node: the daemon on each host that attests processes and gives them their identities.
///
/// Start at {@link dev.credence.node.CredenceNode}, which puts everything together. A call on the
/// Workload API goes {@link dev.credence.node.WorkloadApi} → {@link dev.credence.node.Callers} →
/// {@link dev.credence.node.HostedProcess} → {@link dev.credence.node.Evaluation} (attest, match,
/// open or renew) → {@link dev.credence.node.WorkloadStream}. What the server says arrives in
/// {@link dev.credence.node.ServerSync}.
@NullMarked
package dev.credence.node;

import org.jspecify.annotations.NullMarked;
