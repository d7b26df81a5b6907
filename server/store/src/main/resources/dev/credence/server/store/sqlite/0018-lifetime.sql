-- What executions end with: the process that was attested, or their newest SVID. In the second case an execution goes on
-- without its process, since detached_at_ns.

ALTER TABLE subject ADD COLUMN lifetime TEXT NOT NULL DEFAULT 'process' CHECK (lifetime IN ('process', 'svid'));
ALTER TABLE execution ADD COLUMN lifetime TEXT NOT NULL DEFAULT 'process' CHECK (lifetime IN ('process', 'svid'));
ALTER TABLE execution ADD COLUMN detached_at_ns INTEGER CHECK (detached_at_ns IS NULL OR lifetime = 'svid');

-- Few: whoever looks for expired ones, or counts those of an agent on a node, finds them all here.
CREATE INDEX execution_running_svid ON execution (subject_id, node_id) WHERE lifetime = 'svid' AND ended_at_ns IS NULL;
