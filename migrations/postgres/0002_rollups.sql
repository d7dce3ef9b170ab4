-- Spend reports: sums kept in the transaction of the charge itself, so they never lag.
--
-- Every time zone in use starts its days on a quarter hour of UTC, so 15-minute buckets can be added up to the days of any
-- zone exactly. `span` is the length of a bucket in microseconds: 15 minutes, and again an hour and a day, so that a report
-- reads the coarsest that fits its zone.

CREATE TABLE rollup_model (
    span BIGINT NOT NULL,
    bucket BIGINT NOT NULL,
    model TEXT NOT NULL,
    spend BIGINT NOT NULL,
    charges BIGINT NOT NULL,
    refunded BIGINT NOT NULL,
    PRIMARY KEY (span, bucket, model)
) WITH (fillfactor = 80);

-- By user: whole UTC days (span = a day) for the middle of a range and 15 minutes for its edges.
CREATE TABLE rollup_user (
    span BIGINT NOT NULL,
    bucket BIGINT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES accounts (id),
    spend BIGINT NOT NULL,
    charges BIGINT NOT NULL,
    refunded BIGINT NOT NULL,
    PRIMARY KEY (span, bucket, user_id)
) WITH (fillfactor = 80);
