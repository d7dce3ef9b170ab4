-- Events: what the ledger tells the outside, written in the transaction of what they tell of, and delivered as webhooks.

CREATE TABLE webhook_endpoints (
    id UUID NOT NULL PRIMARY KEY,
    url TEXT NOT NULL,
    -- As it is: each delivery is signed with it. After a rotation the one before signs too, until its time is up.
    secret TEXT NOT NULL,
    previous_secret TEXT,
    previous_until BIGINT,
    -- Words with a space between them; empty: every type.
    types TEXT NOT NULL,
    description TEXT,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- Since when everything sent to it has failed.
    failing_since BIGINT,
    disabled_at BIGINT,
    disabled_reason TEXT
);

CREATE TABLE events (
    -- The order in which they were written; of one account, the order in which they happened.
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id UUID NOT NULL UNIQUE,
    -- None: the event is of the desk, not of an account.
    account_id BIGINT REFERENCES accounts (id),
    type TEXT NOT NULL,
    -- The very text that is sent and signed.
    payload TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX events_age ON events (created_at);

-- One row for each event and endpoint, and one more for each replay. No reference to the endpoint: a charge must not fail
-- because its endpoint is deleted at that moment.
CREATE TABLE webhook_deliveries (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id UUID NOT NULL UNIQUE,
    event_id UUID NOT NULL REFERENCES events (id),
    endpoint_id UUID NOT NULL,
    -- Deliveries of one endpoint and lane go one after another: the account, 0 for the desk, none for what need not wait.
    lane BIGINT,
    status TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'failed')),
    attempts BIGINT NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    last_attempt_at BIGINT,
    last_status BIGINT,
    last_error TEXT,
    delivered_at BIGINT,
    -- The delivery that this one repeats.
    replay_of UUID,
    created_at BIGINT NOT NULL
);

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_attempt_at) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_lane ON webhook_deliveries (endpoint_id, lane, seq) WHERE status = 'pending';
CREATE INDEX webhook_deliveries_log ON webhook_deliveries (endpoint_id, seq);
CREATE INDEX webhook_deliveries_event ON webhook_deliveries (event_id);
CREATE INDEX webhook_deliveries_age ON webhook_deliveries (created_at);

-- Whether an account will be told of when it falls below the low-balance threshold. Without a row it is armed when the
-- ledger's balance stood at or above the threshold.
CREATE TABLE low_balance (
    account_id BIGINT NOT NULL PRIMARY KEY REFERENCES accounts (id),
    armed BOOLEAN NOT NULL
);

-- Caps that have been told of in a window, so that a caller who hammers at one fills nothing. No reference to the cap: a
-- charge must not fail because its cap is deleted at that moment, and numbers of caps are not used twice here.
CREATE TABLE cap_notices (
    cap_id BIGINT NOT NULL,
    window_start BIGINT NOT NULL,
    PRIMARY KEY (cap_id, window_start)
);
