-- Who made a join token: it is void once its maker may make none any more.

ALTER TABLE join_token ADD COLUMN made_by TEXT NOT NULL DEFAULT '';
ALTER TABLE join_token ADD COLUMN voided_at_ns INTEGER;
CREATE INDEX join_token_open ON join_token (made_by)
  WHERE redeemed_key IS NULL AND voided_at_ns IS NULL;
