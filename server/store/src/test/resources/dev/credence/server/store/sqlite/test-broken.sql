CREATE TABLE half_done (note TEXT NOT NULL) STRICT;
INSERT INTO nowhere (note) VALUES ('fails');
