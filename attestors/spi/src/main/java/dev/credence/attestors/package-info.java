/// What an attestor is: something that reads properties of a process, or proves which machine a
/// node runs on.
///
/// Start with [dev.credence.attestors.WorkloadAttestor] for processes and
/// [dev.credence.attestors.NodeVerifier] for nodes. Whoever writes one runs the contract tests of
/// this module's test jar against it.
///
/// Why a node verifier redeems nothing: whether a secret may be used, and that it is used once
/// only, is decided in the server's transaction, where the node's record is written. So a verifier
/// checks what can be checked of the evidence alone, and answers what the server must then settle
/// ([dev.credence.attestors.NodeProof]). It keeps no state, and cannot forget to.
@NullMarked
package dev.credence.attestors;

import org.jspecify.annotations.NullMarked;
