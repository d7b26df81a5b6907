package dev.credence.node.launch;

/// What all launches of a node share.
///
/// @param way how programs are started
record LaunchShop(
    LaunchSettings settings,
    LaunchRules rules,
    CodeCopies copies,
    LaunchTable table,
    LaunchWay way) {}
