-- What asked for an identity and had no registration, summed up: a row for each node, user and executable, written with
-- its events, and for what was displaced a row of the executable "(others)". Events from before are not in it. node_id is
-- all zero for several nodes, uid -1 for several users.

CREATE TABLE unregistered (
  seq INTEGER PRIMARY KEY,
  node_id BLOB NOT NULL CHECK (length(node_id) = 16),
  uid INTEGER NOT NULL CHECK (uid BETWEEN -1 AND 4294967294),
  executable TEXT NOT NULL,
  asked INTEGER NOT NULL CHECK (asked > 0),
  displaced INTEGER NOT NULL CHECK (displaced >= 0),
  first_at_ns INTEGER NOT NULL,
  last_event INTEGER NOT NULL,
  last_at_ns INTEGER NOT NULL,
  user_name TEXT NOT NULL,
  selectors TEXT NOT NULL,
  UNIQUE (node_id, uid, executable)
) STRICT;
CREATE INDEX unregistered_last ON unregistered (last_at_ns);
