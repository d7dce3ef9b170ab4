-- What came and went by kind: the sum and the number of all entries of a kind, for 15 minutes, an hour and a day. A statement
-- of the whole desk is read from it.

CREATE TABLE rollup_kind (
    span BIGINT NOT NULL,
    bucket BIGINT NOT NULL,
    kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    PRIMARY KEY (span, bucket, kind)
) WITH (fillfactor = 80);

-- What was written before this table was there.
WITH spans (span) AS (VALUES (CAST(900000000 AS BIGINT)), (3600000000), (86400000000))
INSERT INTO rollup_kind (span, bucket, kind, amount, entries)
SELECT s.span, (e.occurred_at / s.span) * s.span, e.kind, SUM(e.amount), COUNT(*)
FROM spans s CROSS JOIN entries e GROUP BY s.span, (e.occurred_at / s.span) * s.span, e.kind;
