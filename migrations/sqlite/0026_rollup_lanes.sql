-- Each writer of a process has rows of its own in the sums that everybody adds to: see the file of this name for PostgreSQL.
-- SQLite has one writer, whose lane is 0.

CREATE TABLE rollup_model_lanes (
    span INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    model TEXT NOT NULL,
    lane INTEGER NOT NULL DEFAULT 0,
    spend INTEGER NOT NULL,
    charges INTEGER NOT NULL,
    refunded INTEGER NOT NULL,
    PRIMARY KEY (span, bucket, model, lane)
) STRICT, WITHOUT ROWID;

INSERT INTO rollup_model_lanes (span, bucket, model, spend, charges, refunded)
SELECT span, bucket, model, spend, charges, refunded FROM rollup_model;
DROP TABLE rollup_model;
ALTER TABLE rollup_model_lanes RENAME TO rollup_model;

CREATE TABLE rollup_kind_lanes (
    span INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    kind TEXT NOT NULL,
    lane INTEGER NOT NULL DEFAULT 0,
    amount INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    PRIMARY KEY (span, bucket, kind, lane)
) STRICT, WITHOUT ROWID;

INSERT INTO rollup_kind_lanes (span, bucket, kind, amount, entries)
SELECT span, bucket, kind, amount, entries FROM rollup_kind;
DROP TABLE rollup_kind;
ALTER TABLE rollup_kind_lanes RENAME TO rollup_kind;
