/**
 * Identities, SVIDs and bundles as immutable values: parsed and verified here, never signed.
 *
 * <p>Starting points: {@link dev.credence.certs.SpiffeId} names an identity, {@link
 * dev.credence.certs.SvidVerifier} turns a presented chain into a {@link
 * dev.credence.certs.PeerSvid}, {@link dev.credence.certs.JwtVerifier} a token into a {@link
 * dev.credence.certs.JwtSvid}, and {@link dev.credence.certs.ExecutionFacts} is what an SVID says
 * about the run that it was made for.
 */
@NullMarked
package dev.credence.certs;

import org.jspecify.annotations.NullMarked;
