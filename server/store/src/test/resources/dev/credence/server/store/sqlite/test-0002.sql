CREATE TABLE added (note TEXT NOT NULL) STRICT;
INSERT INTO added (note) VALUES ('by the second');
