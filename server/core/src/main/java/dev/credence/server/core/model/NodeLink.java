package dev.credence.server.core.model;

import dev.credence.certs.Id;

/// Where a node's newest stream is, and what the node acknowledged.
///
/// @param stream random, of that stream alone
/// @param server that has the stream
/// @param open the server has not said that it is over; a server that died never says so
/// @param acknowledged number of the newest bundle that the node's daemon has; 0: none since its
///   start
public record NodeLink(Id node, Id stream, Id server, boolean open, long acknowledged) {}
