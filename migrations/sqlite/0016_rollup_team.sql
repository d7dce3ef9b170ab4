-- Spend by team, as by model: a team's charges and their refunds, for 15 minutes, an hour and a day. A charge that no team
-- paid has no row here, so a desk without teams writes none.

CREATE TABLE rollup_team (
    span INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    team_id INTEGER NOT NULL REFERENCES accounts (id),
    spend INTEGER NOT NULL,
    charges INTEGER NOT NULL,
    refunded INTEGER NOT NULL,
    PRIMARY KEY (span, bucket, team_id)
) STRICT, WITHOUT ROWID;

-- What was charged before this table was there.
WITH spans (span) AS (VALUES (900000000), (3600000000), (86400000000)),
parts AS (
    SELECT c.occurred_at, c.account_id, -c.amount AS spend, 1 AS charges, 0 AS refunded
    FROM entries c WHERE c.kind = 'team_usage'
    UNION ALL
    SELECT r.occurred_at, r.account_id, 0, 0, r.amount
    FROM entries r JOIN entries o ON o.id = r.reference_entry WHERE r.kind = 'refund' AND o.kind = 'team_usage'
)
INSERT INTO rollup_team (span, bucket, team_id, spend, charges, refunded)
SELECT s.span, (p.occurred_at / s.span) * s.span, p.account_id, SUM(p.spend), SUM(p.charges), SUM(p.refunded)
FROM spans s CROSS JOIN parts p GROUP BY s.span, (p.occurred_at / s.span) * s.span, p.account_id;
