-- A start of a node's daemon that opens its stream again after another one did, as often as it did; and the newest start
-- of a node is looked up for each call of it.

ALTER TABLE node_start ADD COLUMN returned INTEGER NOT NULL DEFAULT 0;
CREATE INDEX node_start_newest ON node_start (node_id, seq);
