-- Sums that everybody adds to were what writers waited for: a row changed by one is locked until that one's commit is on the
-- disk. Each writer of a process has rows of its own, numbered by its lane, and a report adds them up. A user's or a team's
-- own sums need no lane: commands of one account all go to the same writer.

ALTER TABLE rollup_model ADD COLUMN lane BIGINT NOT NULL DEFAULT 0;
ALTER TABLE rollup_model DROP CONSTRAINT rollup_model_pkey, ADD PRIMARY KEY (span, bucket, model, lane);
ALTER TABLE rollup_kind ADD COLUMN lane BIGINT NOT NULL DEFAULT 0;
ALTER TABLE rollup_kind DROP CONSTRAINT rollup_kind_pkey, ADD PRIMARY KEY (span, bucket, kind, lane);
