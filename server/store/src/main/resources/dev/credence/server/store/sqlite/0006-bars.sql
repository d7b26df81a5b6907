-- What keeps an agent or service from a node after a forced end, until it is lifted. Rows are never deleted.

CREATE TABLE bar (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  subject_id BLOB NOT NULL REFERENCES subject (id),
  node_id BLOB NOT NULL REFERENCES node (id),
  execution_id BLOB NOT NULL REFERENCES execution (id),
  set_at_ns INTEGER NOT NULL,
  set_by TEXT NOT NULL,
  set_reason TEXT NOT NULL,
  lifted_at_ns INTEGER,
  lifted_by TEXT,
  lifted_reason TEXT,
  CHECK ((lifted_at_ns IS NULL) = (lifted_by IS NULL)),
  CHECK ((lifted_at_ns IS NULL) = (lifted_reason IS NULL))
) STRICT;
-- At most one in force for an agent on a node; also finds those of a node.
CREATE UNIQUE INDEX bar_in_force ON bar (node_id, subject_id) WHERE lifted_at_ns IS NULL;
