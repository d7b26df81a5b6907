-- Request ids and ids of executions begin with the time since then. An index on them grows at its end, and a commit of many
-- writes touches a page or two of it instead of one for each; with the actor first it would be a page for each node.
CREATE TABLE remembered (
  seq INTEGER PRIMARY KEY,
  actor TEXT NOT NULL,
  request_id BLOB NOT NULL CHECK (length(request_id) = 16),
  fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
  answer BLOB NOT NULL,
  at_ns INTEGER NOT NULL,
  UNIQUE (request_id, actor)
) STRICT;
INSERT INTO remembered (actor, request_id, fingerprint, answer, at_ns)
  SELECT actor, request_id, fingerprint, answer, at_ns FROM answer ORDER BY seq;
DROP TABLE answer;
ALTER TABLE remembered RENAME TO answer;

-- The other indexes of what runs lead there too: one page less in the commit of a lone write.
DROP INDEX execution_running;
