-- How many SVIDs of a node are valid is asked before it gets another one.
CREATE INDEX certificate_node ON certificate (node_id, not_after_ns) WHERE node_id IS NOT NULL;

-- The serials of nodes have a share of each CRL of their own, and so have the others.
ALTER TABLE revoked ADD COLUMN of_node INTEGER NOT NULL DEFAULT 0 CHECK (of_node IN (0, 1));
UPDATE revoked SET of_node = 1 WHERE serial IN (SELECT c.serial FROM certificate c WHERE c.node_id IS NOT NULL);
CREATE INDEX revoked_share ON revoked (of_node, not_after_ns);

-- The number of the newest CRL that any server of this database made: the next one is higher, whatever the clock says.
ALTER TABLE meta ADD COLUMN crl_number INTEGER NOT NULL DEFAULT 0;
