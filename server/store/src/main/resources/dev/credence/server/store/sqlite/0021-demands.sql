-- What one set of selectors demands of a process, beside what the governance record does: the higher one counts.

ALTER TABLE registration ADD COLUMN minimum_code TEXT NOT NULL DEFAULT 'none'
  CHECK (minimum_code IN ('none', 'claimed', 'file', 'orchestrator', 'launcher'));
ALTER TABLE registration ADD COLUMN minimum_isolation TEXT NOT NULL DEFAULT 'shared-uid'
  CHECK (minimum_isolation IN ('shared-uid', 'own-uid', 'sandboxed'));
