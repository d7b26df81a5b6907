-- The servers of this database. id is that of a server's first authority; seen_at_ns is when it last said that it runs.

CREATE TABLE server (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  start_id BLOB NOT NULL CHECK (length(start_id) = 16),
  address TEXT NOT NULL,
  started_at_ns INTEGER NOT NULL,
  seen_at_ns INTEGER NOT NULL
) STRICT;

-- Which server has a node's newest stream, and the newest bundle that the node acknowledged.
CREATE TABLE node_link (
  seq INTEGER PRIMARY KEY,
  node_id BLOB NOT NULL UNIQUE REFERENCES node (id),
  stream_id BLOB NOT NULL CHECK (length(stream_id) = 16),
  server_id BLOB NOT NULL REFERENCES server (id),
  is_open INTEGER NOT NULL CHECK (is_open IN (0, 1)),
  acknowledged INTEGER NOT NULL
) STRICT;

-- The newest revocation list of each authority, as its server signed it, for the others to hand out.
CREATE TABLE crl (
  seq INTEGER PRIMARY KEY,
  authority_id BLOB NOT NULL UNIQUE REFERENCES authority (id),
  der BLOB NOT NULL,
  log INTEGER NOT NULL,
  at_ns INTEGER NOT NULL,
  usable_until_ns INTEGER NOT NULL
) STRICT;
