package dev.credence.node;

import dev.credence.attestors.join.ServerAddress;
import dev.credence.certs.TrustDomain;

/// Which server this node belongs to.
record Membership(TrustDomain trustDomain, ServerAddress server) {}
