-- Certificates that were withdrawn before their end, by a forced end: what CRLs list. number is the place in the log of
-- forced ends; it has no meaning but its order. Rows are kept; a list leaves out what has expired.

CREATE TABLE revoked (
  number INTEGER PRIMARY KEY,
  serial TEXT NOT NULL UNIQUE,
  revoked_at_ns INTEGER NOT NULL,
  not_after_ns INTEGER NOT NULL
) STRICT;
CREATE INDEX revoked_not_after ON revoked (not_after_ns);
