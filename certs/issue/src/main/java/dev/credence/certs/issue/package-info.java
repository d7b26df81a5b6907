/// The only code that uses an authority's key: certificate requests in, X509-SVIDs out.
///
/// Start at [dev.credence.certs.issue.Authority]: `issue` builds a certificate from a
/// [dev.credence.certs.issue.SvidTemplate], signs it, and lets a stranger's eye
/// ([dev.credence.certs.issue.StrangersCheck]) read it again before it leaves.
/// [dev.credence.certs.issue.CsrChecker] is what stands before it.
@NullMarked
package dev.credence.certs.issue;

import org.jspecify.annotations.NullMarked;
