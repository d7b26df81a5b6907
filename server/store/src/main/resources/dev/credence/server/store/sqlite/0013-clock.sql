-- An administrator said that the clock is right although it is behind times that were stored: those
-- up to here do not count any more for the highest time. 0: no such thing was said.
ALTER TABLE meta ADD COLUMN clock_ceiling_ns INTEGER NOT NULL DEFAULT 0;
