-- Whether JWT-SVIDs are issued too: 0 or 1. Before, nobody said; services have them, agents do not.
ALTER TABLE subject ADD COLUMN jwt INTEGER NOT NULL DEFAULT 0 CHECK (jwt IN (0, 1));
UPDATE subject SET jwt = 1 WHERE kind = 'service';
