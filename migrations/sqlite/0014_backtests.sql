-- Back-tests: past usage at other prices. The result stays, so that it can be shown to others; any process may show it.

CREATE TABLE backtests (
    id BLOB NOT NULL PRIMARY KEY,
    -- What was tried: a version or a draft, and its configuration as canonical JSON.
    version INTEGER,
    draft BLOB,
    label TEXT NOT NULL,
    content TEXT NOT NULL,
    days INTEGER NOT NULL,
    range_start INTEGER NOT NULL,
    range_end INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    done INTEGER NOT NULL,
    total INTEGER NOT NULL,
    -- JSON of the report, or why there is none.
    report TEXT,
    problem TEXT,
    requested_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- A run that has not written for a while has ended with its process.
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX backtests_latest ON backtests (created_at, id);
