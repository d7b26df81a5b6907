-- By what a node's data folder is noticed to be in use twice: starts of its daemon that came back after another one, and
-- renewals from a serial whose successor is in use. Forgotten when an administrator takes the node back.

CREATE TABLE node_start (
  seq INTEGER PRIMARY KEY,
  node_id BLOB NOT NULL REFERENCES node (id),
  start_id BLOB NOT NULL CHECK (length(start_id) = 16),
  settled_at_ns INTEGER NOT NULL,
  UNIQUE (node_id, start_id)
) STRICT;

CREATE TABLE node_renewal (
  seq INTEGER PRIMARY KEY,
  node_id BLOB NOT NULL REFERENCES node (id),
  from_serial TEXT NOT NULL,
  to_serial TEXT NOT NULL,
  used INTEGER NOT NULL CHECK (used IN (0, 1)),
  UNIQUE (node_id, to_serial)
) STRICT;
CREATE INDEX node_renewal_from ON node_renewal (node_id, from_serial);
