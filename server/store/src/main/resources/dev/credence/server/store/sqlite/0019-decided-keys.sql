-- The key that was pinned for a node when an administrator last took it back. While it is pinned, a copy of an earlier key
-- is refused, and does not suspend the node again.

ALTER TABLE node ADD COLUMN decided_key BLOB CHECK (decided_key IS NULL OR length(decided_key) = 32);
