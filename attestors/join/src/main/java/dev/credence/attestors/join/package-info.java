/// Node attestation by join token: a string that an administrator makes at the server and gives to
/// the machine that is to become a node.
///
/// Start with [dev.credence.attestors.join.JoinToken]. The verifier turns the secret into its
/// digest and redeems nothing: that the token is known, has not expired and was not used by another
/// key is decided in the server's transaction, which also writes the node.
@NullMarked
package dev.credence.attestors.join;

import org.jspecify.annotations.NullMarked;
