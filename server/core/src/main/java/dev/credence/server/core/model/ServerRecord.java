package dev.credence.server.core.model;

import dev.credence.certs.Id;
import java.time.Instant;

/// A server of this database.
///
/// @param id of its first authority; it stays
/// @param startId of its newest start
/// @param address where nodes connect to, `HOST:PORT`; empty: not known
/// @param seenAt when it last said that it runs
public record ServerRecord(Id id, Id startId, String address, Instant startedAt, Instant seenAt) {}
