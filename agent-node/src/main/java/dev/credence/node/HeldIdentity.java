package dev.credence.node;

/// One identity of a process, as its streams get it.
///
/// @param hint the operator's word for it; unique among a process's identities unless empty
record HeldIdentity(HeldSvid svid, String hint) {}
