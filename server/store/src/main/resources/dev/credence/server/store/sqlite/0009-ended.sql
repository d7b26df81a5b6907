-- What ended on a node, or of an agent, not long ago: its certificates may be valid still, and are revoked with a ban.

CREATE INDEX execution_ended_node ON execution (node_id, ended_at_ns) WHERE ended_at_ns IS NOT NULL;
CREATE INDEX execution_ended_subject ON execution (subject_id, ended_at_ns) WHERE ended_at_ns IS NOT NULL;
