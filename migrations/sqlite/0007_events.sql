-- Events: what the ledger tells the outside, written in the transaction of what they tell of, and delivered as webhooks.

CREATE TABLE webhook_endpoints (
    id BLOB NOT NULL PRIMARY KEY,
    url TEXT NOT NULL,
    -- As it is: each delivery is signed with it. After a rotation the one before signs too, until its time is up.
    secret TEXT NOT NULL,
    previous_secret TEXT,
    previous_until INTEGER,
    -- Words with a space between them; empty: every type.
    types TEXT NOT NULL,
    description TEXT,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- Since when everything sent to it has failed.
    failing_since INTEGER,
    disabled_at INTEGER,
    disabled_reason TEXT
) STRICT;

CREATE TABLE events (
    -- The order in which they were written; of one account, the order in which they happened.
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    -- None: the event is of the desk, not of an account.
    account_id INTEGER REFERENCES accounts (id),
    type TEXT NOT NULL,
    -- The very text that is sent and signed.
    payload TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX events_age ON events (created_at);

-- One row for each event and endpoint, and one more for each replay. No reference to the endpoint: a charge must not fail
-- because its endpoint is deleted at that moment.
CREATE TABLE webhook_deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    event_id BLOB NOT NULL REFERENCES events (id),
    endpoint_id BLOB NOT NULL,
    -- Deliveries of one endpoint and lane go one after another: the account, 0 for the desk, none for what need not wait.
    lane INTEGER,
    status TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'failed')),
    attempts INTEGER NOT NULL,
    next_attempt_at INTEGER NOT NULL,
    last_attempt_at INTEGER,
    last_status INTEGER,
    last_error TEXT,
    delivered_at INTEGER,
    -- The delivery that this one repeats.
    replay_of BLOB,
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_attempt_at) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_lane ON webhook_deliveries (endpoint_id, lane, seq) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_log ON webhook_deliveries (endpoint_id, seq);
CREATE INDEX webhook_deliveries_event ON webhook_deliveries (event_id);
CREATE INDEX webhook_deliveries_age ON webhook_deliveries (created_at);

-- Whether an account will be told of when it falls below the low-balance threshold. Without a row it is armed when the
-- ledger's balance stood at or above the threshold.
CREATE TABLE low_balance (
    account_id INTEGER NOT NULL PRIMARY KEY REFERENCES accounts (id),
    armed INTEGER NOT NULL
) STRICT;

-- Caps that have been told of in a window, so that a caller who hammers at one fills nothing.
CREATE TABLE cap_notices (
    cap_id INTEGER NOT NULL REFERENCES caps (id) ON DELETE CASCADE,
    window_start INTEGER NOT NULL,
    PRIMARY KEY (cap_id, window_start)
) STRICT, WITHOUT ROWID;
