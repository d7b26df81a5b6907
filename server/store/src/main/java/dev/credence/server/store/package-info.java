/// The server's storage ports on SQL; today on SQLite. Start at
/// [dev.credence.server.store.SqliteStore]: it opens the file and puts together the one writer
/// ([dev.credence.server.store.GroupCommit]) and the readers. One `Sql...` class per aggregate
/// holds all SQL there is in the server; the tables are in the numbered scripts under `sqlite/`.
///
/// What is shared with a second database: the aggregates, rows, texts and page tokens, which keep
/// to SQL that PostgreSQL speaks too. What is SQLite's alone:
/// [dev.credence.server.store.SqliteFile], [dev.credence.server.store.SqliteError], the scripts.
@NullMarked
package dev.credence.server.store;

import org.jspecify.annotations.NullMarked;
