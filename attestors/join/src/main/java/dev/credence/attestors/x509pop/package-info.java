/// Node attestation by a certificate that the machine has already: the node proves that it holds
/// the key of a certificate below an authority that the server's operator named.
@NullMarked
package dev.credence.attestors.x509pop;

import org.jspecify.annotations.NullMarked;
