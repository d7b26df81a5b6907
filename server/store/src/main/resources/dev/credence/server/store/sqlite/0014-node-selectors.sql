-- What a node's attestor found out about it, one selector per line; a join token finds out nothing.

ALTER TABLE node ADD COLUMN selectors TEXT NOT NULL DEFAULT '';
