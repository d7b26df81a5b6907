-- What an owner has is counted each time that they get one more, and what was retired stays for ever: it is passed over.

CREATE INDEX subject_live ON subject (owner_id) WHERE state <> 'retired';
