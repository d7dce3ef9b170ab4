-- Spend reports: sums kept in the transaction of the charge itself, so they never lag.
--
-- Every time zone in use starts its days on a quarter hour of UTC, so 15-minute buckets can be added up to the days of any
-- zone exactly. `span` is the length of a bucket in microseconds: 15 minutes, and again an hour and a day, so that a report
-- reads the coarsest that fits its zone.

CREATE TABLE rollup_model (
    span INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    model TEXT NOT NULL,
    spend INTEGER NOT NULL,
    charges INTEGER NOT NULL,
    refunded INTEGER NOT NULL,
    PRIMARY KEY (span, bucket, model)
) STRICT, WITHOUT ROWID;

-- By user: whole UTC days (span = a day) for the middle of a range and 15 minutes for its edges.
CREATE TABLE rollup_user (
    span INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    user_id INTEGER NOT NULL REFERENCES accounts (id),
    spend INTEGER NOT NULL,
    charges INTEGER NOT NULL,
    refunded INTEGER NOT NULL,
    PRIMARY KEY (span, bucket, user_id)
) STRICT, WITHOUT ROWID;

-- Every model ever charged, in the order in which the ledger met them, so that each keeps its colour in the charts.
CREATE TABLE models (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;
