-- What changes after it was made: owners and persons have revisions, selector sets end, names are spent.

ALTER TABLE owner ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE owner ADD COLUMN retired_at_ns INTEGER;
ALTER TABLE person ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;

-- A removed set stays, since executions refer to it; nothing leads through it any more.
ALTER TABLE registration ADD COLUMN removed_at_ns INTEGER;

-- Names that nobody gets again: of the retired, and under the old owner of those that were handed over.
CREATE TABLE spent_name (
  seq INTEGER PRIMARY KEY,
  owner_id BLOB NOT NULL REFERENCES owner (id),
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  subject_id BLOB NOT NULL REFERENCES subject (id),
  why TEXT NOT NULL,
  at_ns INTEGER NOT NULL,
  UNIQUE (owner_id, kind, name)
) STRICT;

-- What a suspension ends, however many have ended before. Short: only running ones are in it.
CREATE INDEX execution_running_subject ON execution (subject_id) WHERE ended_at_ns IS NULL;
