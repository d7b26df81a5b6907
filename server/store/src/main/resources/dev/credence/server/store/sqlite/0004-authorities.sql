-- The authorities of the trust domain's servers. server_id is the id of the server's first authority. pem is the public
-- part; the private key is never here.
CREATE TABLE authority (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  server_id BLOB NOT NULL CHECK (length(server_id) = 16),
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  pem TEXT NOT NULL,
  not_before_ns INTEGER NOT NULL,
  not_after_ns INTEGER NOT NULL,
  published_in INTEGER NOT NULL CHECK (published_in > 0),
  prepared_at_ns INTEGER NOT NULL,
  changed_at_ns INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX authority_active ON authority (server_id, kind) WHERE state = 'active';

-- Number of the newest bundle.
ALTER TABLE meta ADD COLUMN bundle_sequence INTEGER NOT NULL DEFAULT 1;

-- Who signed it. NULL: issued before this was kept, so by the first authority of all.
ALTER TABLE certificate ADD COLUMN authority_id BLOB CHECK (length(authority_id) = 16);
