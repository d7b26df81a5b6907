-- Who made a join token: it is void once its maker may make none any more.

ALTER TABLE join_token ADD COLUMN made_by TEXT NOT NULL DEFAULT '';
ALTER TABLE join_token ADD COLUMN voided_at_ns INTEGER;
CREATE INDEX join_token_open ON join_token (made_by)
  WHERE redeemed_key IS NULL AND voided_at_ns IS NULL;

-- Suspended by an operator or at the local socket: no registrar resumes it.
ALTER TABLE subject ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
UPDATE subject SET held = 1 WHERE state = 'suspended';

-- Selectors that a registrar gave; of older ones nobody knows.
ALTER TABLE registration ADD COLUMN by_registrar INTEGER NOT NULL DEFAULT 1;

-- Which uids a bar binds on its node, whatever a registrar registered for them.
CREATE TABLE bar_uid (
  seq INTEGER PRIMARY KEY,
  bar_id BLOB NOT NULL REFERENCES bar (id),
  node_id BLOB NOT NULL REFERENCES node (id),
  uid INTEGER NOT NULL,
  UNIQUE (bar_id, uid)
) STRICT;
CREATE INDEX bar_uid_node ON bar_uid (node_id, uid);
INSERT INTO bar_uid (bar_id, node_id, uid)
  SELECT b.id, b.node_id, e.uid FROM bar b JOIN execution e ON e.id = b.execution_id
  WHERE b.lifted_at_ns IS NULL;
