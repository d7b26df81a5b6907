-- Who administers from other machines. Rows are never deleted: names are never used again. The newest enrolment token is in
-- the row itself: a newer one takes the place of an older one. token_key is the key that redeemed it.

CREATE TABLE administrator (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  name TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL,
  owners TEXT NOT NULL,
  svid_ttl_ns INTEGER NOT NULL CHECK (svid_ttl_ns > 0),
  state TEXT NOT NULL,
  public_key BLOB UNIQUE CHECK (length(public_key) = 32),
  svid_not_after_ns INTEGER,
  token_digest BLOB UNIQUE CHECK (length(token_digest) = 32),
  token_expires_at_ns INTEGER,
  token_key BLOB CHECK (length(token_key) = 32),
  created_at_ns INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  CHECK ((public_key IS NULL) = (svid_not_after_ns IS NULL)),
  CHECK ((token_digest IS NULL) = (token_expires_at_ns IS NULL))
) STRICT;
