/** Tests of identities, SVIDs and bundles; start at SpiffeIdTest and SvidVerifierTest. */
@NullMarked
package dev.credence.certs;

import org.jspecify.annotations.NullMarked;
