-- Back-tests: past usage at other prices. The result stays, so that it can be shown to others; any process may show it.

CREATE TABLE backtests (
    id UUID NOT NULL PRIMARY KEY,
    -- What was tried: a version or a draft, and its configuration as canonical JSON.
    version BIGINT,
    draft UUID,
    label TEXT NOT NULL,
    content TEXT NOT NULL,
    days BIGINT NOT NULL,
    range_start BIGINT NOT NULL,
    range_end BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    -- JSON of the report, or why there is none.
    report TEXT,
    problem TEXT,
    requested_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- A run that has not written for a while has ended with its process.
    updated_at BIGINT NOT NULL
);

CREATE INDEX backtests_latest ON backtests (created_at, id);
