-- Everything the server keeps, in its first form. An applied migration is never edited: the next one gets the next number.
--
-- ids and digests are bytes; *_ns is nanoseconds since 1970 (UTC) or nanoseconds of a duration; words are lower-case.
-- What a query asks for is a column. Lists and maps that are only stored and shown are JSON texts (objects, arrays and
-- strings alone); a JSON object with a field "v" is a versioned document.
-- seq is the order of creation and what page tokens hold. Nothing but answers is ever deleted.
-- Foreign keys are immediate: what is referred to is inserted first. (A deferred one would fail a whole group commit.)

CREATE TABLE meta (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  epoch BLOB NOT NULL CHECK (length(epoch) = 16),
  registry_number INTEGER NOT NULL CHECK (registry_number >= 0),
  highest_time_ns INTEGER,
  trust_domain TEXT
) STRICT;

CREATE TABLE person (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  name TEXT NOT NULL UNIQUE,
  oidc_issuer TEXT,
  oidc_subject TEXT,
  administrator TEXT UNIQUE,
  UNIQUE (oidc_issuer, oidc_subject),
  CHECK ((oidc_issuer IS NULL) = (oidc_subject IS NULL))
) STRICT;

CREATE TABLE person_uid (
  uid INTEGER PRIMARY KEY,
  person_id BLOB NOT NULL REFERENCES person (id)
) STRICT;
CREATE INDEX person_uid_person ON person_uid (person_id);

CREATE TABLE owner (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  name TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  address TEXT NOT NULL,
  accountable_id BLOB NOT NULL REFERENCES person (id),
  parent_id BLOB REFERENCES owner (id),
  state TEXT NOT NULL,
  created_at_ns INTEGER NOT NULL
) STRICT;

CREATE TABLE subject (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  kind TEXT NOT NULL,
  owner_id BLOB NOT NULL REFERENCES owner (id),
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  revision INTEGER NOT NULL,
  ttl_ns INTEGER NOT NULL CHECK (ttl_ns > 0),
  dns_names TEXT NOT NULL,
  hint TEXT NOT NULL,
  purpose TEXT NOT NULL,
  schedule TEXT NOT NULL,
  minimum_code TEXT NOT NULL,
  minimum_isolation TEXT NOT NULL,
  maximum_life_ns INTEGER,
  review_at_ns INTEGER,
  expires_at_ns INTEGER,
  governance TEXT NOT NULL,
  created_at_ns INTEGER NOT NULL,
  UNIQUE (owner_id, kind, name)
) STRICT;
CREATE INDEX subject_name ON subject (name, kind);
CREATE INDEX subject_kind ON subject (kind);

-- node_selectors: NULL means any node.
CREATE TABLE registration (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  subject_id BLOB NOT NULL REFERENCES subject (id),
  selectors TEXT NOT NULL,
  node_selectors TEXT,
  created_at_ns INTEGER NOT NULL
) STRICT;
CREATE INDEX registration_subject ON registration (subject_id);

CREATE TABLE node (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  state TEXT NOT NULL,
  attestor TEXT NOT NULL,
  labels TEXT NOT NULL,
  attested_at_ns INTEGER NOT NULL,
  public_key BLOB NOT NULL UNIQUE CHECK (length(public_key) = 32),
  start_id BLOB CHECK (length(start_id) = 16),
  host_name TEXT NOT NULL,
  software TEXT NOT NULL,
  svid_not_after_ns INTEGER NOT NULL,
  last_seen_at_ns INTEGER NOT NULL
) STRICT;

CREATE TABLE join_token (
  seq INTEGER PRIMARY KEY,
  secret_digest BLOB NOT NULL UNIQUE CHECK (length(secret_digest) = 32),
  labels TEXT NOT NULL,
  expires_at_ns INTEGER NOT NULL,
  redeemed_key BLOB CHECK (length(redeemed_key) = 32),
  redeemed_node_id BLOB REFERENCES node (id),
  CHECK ((redeemed_key IS NULL) = (redeemed_node_id IS NULL))
) STRICT;

CREATE TABLE execution (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  kind TEXT NOT NULL,
  subject_id BLOB NOT NULL REFERENCES subject (id),
  registration_id BLOB NOT NULL REFERENCES registration (id),
  node_id BLOB NOT NULL REFERENCES node (id),
  boot_id TEXT NOT NULL,
  pid_namespace INTEGER NOT NULL,
  pid INTEGER NOT NULL,
  start_time INTEGER NOT NULL,
  executable_device INTEGER NOT NULL,
  executable_inode INTEGER NOT NULL,
  start_code INTEGER NOT NULL,
  start_stack INTEGER NOT NULL,
  arg_start INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  gid INTEGER NOT NULL,
  executable TEXT NOT NULL,
  evidence TEXT NOT NULL,
  code TEXT NOT NULL,
  isolation TEXT NOT NULL,
  began_at_ns INTEGER NOT NULL,
  ended_at_ns INTEGER,
  end_reason TEXT,
  CHECK ((ended_at_ns IS NULL) = (end_reason IS NULL))
) STRICT;
-- One running primary execution per process, subject and node; also finds those of a node.
CREATE UNIQUE INDEX execution_running_mark ON execution (
  node_id, subject_id, pid, start_time, boot_id, pid_namespace,
  executable_device, executable_inode, start_code, start_stack, arg_start
) WHERE ended_at_ns IS NULL;
CREATE INDEX execution_running_process ON execution (pid, start_time) WHERE ended_at_ns IS NULL;
CREATE INDEX execution_running ON execution (seq) WHERE ended_at_ns IS NULL;
CREATE INDEX execution_subject ON execution (subject_id);

-- At most one of execution_seq and node_id; neither: the server's own. The execution by its seq, not its random id,
-- so that the index grows at its end. A random key in an index is one more page in each commit: there is none here
-- but the public key's.
CREATE TABLE certificate (
  seq INTEGER PRIMARY KEY,
  serial TEXT NOT NULL,
  spki BLOB NOT NULL CHECK (length(spki) = 32),
  execution_seq INTEGER REFERENCES execution (seq),
  node_id BLOB REFERENCES node (id),
  not_before_ns INTEGER NOT NULL,
  not_after_ns INTEGER NOT NULL,
  CHECK (execution_seq IS NULL OR node_id IS NULL)
) STRICT;
-- No key is certified twice for a workload. A node keeps its key when it renews.
CREATE UNIQUE INDEX certificate_workload_key ON certificate (spki) WHERE execution_seq IS NOT NULL;
CREATE INDEX certificate_other_key ON certificate (spki) WHERE execution_seq IS NULL;
CREATE INDEX certificate_execution ON certificate (execution_seq) WHERE execution_seq IS NOT NULL;

-- number is ours: the highest plus one, given inside the transaction, so it has no gaps.
-- latest_ns is the highest time of this and all earlier events: it rises with number even if the clock did not, and
-- so leads from a time to a number. ids are no foreign keys: a refusal may be about something that never existed.
CREATE TABLE event (
  number INTEGER PRIMARY KEY CHECK (number > 0),
  at_ns INTEGER NOT NULL,
  latest_ns INTEGER NOT NULL,
  kind TEXT NOT NULL,
  actor TEXT NOT NULL,
  owner_id BLOB,
  subject_id BLOB,
  node_id BLOB,
  execution_id BLOB,
  details TEXT NOT NULL,
  request_id BLOB
) STRICT;
CREATE INDEX event_time ON event (latest_ns);
CREATE INDEX event_kind ON event (kind);
CREATE INDEX event_subject ON event (subject_id) WHERE subject_id IS NOT NULL;

CREATE TABLE answer (
  actor TEXT NOT NULL,
  request_id BLOB NOT NULL CHECK (length(request_id) = 16),
  fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
  answer BLOB NOT NULL,
  at_ns INTEGER NOT NULL,
  PRIMARY KEY (actor, request_id)
) STRICT;
CREATE INDEX answer_time ON answer (at_ns);
