-- Which set of declarations answers for a person, owner, agent or service. A thing belongs to one set, or to none.

CREATE TABLE set_member (
  seq INTEGER PRIMARY KEY,
  thing_id BLOB NOT NULL UNIQUE CHECK (length(thing_id) = 16),
  set_name TEXT NOT NULL
) STRICT;
CREATE INDEX set_member_name ON set_member (set_name);
