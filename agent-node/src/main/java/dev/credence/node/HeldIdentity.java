package dev.credence.node;

import dev.credence.certs.Id;

/// One identity of a process, as its streams get it.
///
/// @param hint the operator's word for it; unique among a process's identities unless empty
/// @param execution the execution that it is of
/// @param jwt JWT-SVIDs are issued for it too
record HeldIdentity(HeldSvid svid, String hint, Id execution, boolean jwt) {}
