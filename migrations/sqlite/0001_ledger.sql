-- The ledger: accounts, their append-only entries, and the lots that their credits came in.
--
-- Money is an integer count of 10^-6 credits; a time is an integer count of microseconds since 1970-01-01 UTC; JSON is
-- text, kept as it came. So a row means the same in both databases.

CREATE TABLE accounts (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('user', 'team')),
    -- A user's id is the caller's own text; a team's is its UUID.
    external_id TEXT NOT NULL,
    name TEXT,
    email TEXT,
    -- Lower-case id, name and e-mail: LIKE differs in case between the databases, this does not.
    search_key TEXT NOT NULL,
    plan_id TEXT,
    -- Caches of the entries, checked by `verify`: the last number, the sum, the purchases.
    seq INTEGER NOT NULL,
    balance INTEGER NOT NULL,
    lifetime_purchased INTEGER NOT NULL,
    -- Credits owed: what debits took beyond every lot. The next grant repays it first.
    debt INTEGER NOT NULL CHECK (debt >= 0),
    created_at INTEGER NOT NULL,
    last_activity_at INTEGER NOT NULL,
    UNIQUE (kind, external_id)
) STRICT;

CREATE TABLE entries (
    id BLOB NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('purchase', 'subscription', 'grant', 'adjustment', 'usage', 'team_usage', 'refund', 'expiry')),
    amount INTEGER NOT NULL,
    balance_after INTEGER NOT NULL,
    -- Part of balance_after that had expired but was not swept: the spendable balance was balance_after - stale.
    stale INTEGER NOT NULL,
    -- The user who caused it; differs from account_id only for a team's charges.
    user_id INTEGER NOT NULL REFERENCES accounts (id),
    -- The entry that a refund or an expiry answers.
    reference_entry BLOB,
    actor TEXT,
    -- Idempotency: one entry per (account, operation, key); the digest tells a replay from another request.
    operation TEXT NOT NULL,
    key TEXT,
    digest BLOB,
    pricing_version INTEGER,
    plan_id TEXT,
    model TEXT,
    reference_type TEXT,
    reference_id TEXT,
    -- Of a charge: its cost, the part that the allowance paid, the part that could not be collected.
    -- Of a refund: gross is what it gave back in all, allowance the part given back to the allowance.
    gross INTEGER,
    allowance INTEGER NOT NULL,
    uncollected INTEGER NOT NULL,
    quantities TEXT,
    -- [[lot, micro-credits], …] in the order drawn or returned; lot is the seq of its entry, 0 for debt.
    draws TEXT,
    reason TEXT,
    note TEXT,
    -- JSON of what the answer said beyond the columns above, so that a replay says it again.
    outcome TEXT,
    metadata TEXT,
    occurred_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    UNIQUE (account_id, seq)
) STRICT;

CREATE UNIQUE INDEX entries_key ON entries (account_id, operation, key) WHERE key IS NOT NULL;
CREATE INDEX entries_reference ON entries (reference_entry) WHERE reference_entry IS NOT NULL;
-- Listings by time, and the sum of a range read from the index alone.
CREATE INDEX entries_time ON entries (occurred_at, id, kind, amount);

CREATE TABLE lots (
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    -- The seq of the entry that granted it.
    seq INTEGER NOT NULL,
    source_entry BLOB NOT NULL,
    kind TEXT NOT NULL,
    granted INTEGER NOT NULL CHECK (granted > 0),
    consumed INTEGER NOT NULL CHECK (consumed >= 0 AND consumed <= granted),
    expires_at INTEGER,
    -- consumed < granted, as a column of its own so that an index can hold just these.
    open INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX lots_open ON lots (account_id, seq) WHERE open;
CREATE INDEX lots_expiring ON lots (expires_at) WHERE open AND expires_at IS NOT NULL;

-- Allowance consumed, per account and calendar month in UTC (month = the instant of its first day).
CREATE TABLE allowance_used (
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    month INTEGER NOT NULL,
    used INTEGER NOT NULL CHECK (used >= 0),
    PRIMARY KEY (account_id, month)
) STRICT, WITHOUT ROWID;

CREATE TABLE caps (
    id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    type TEXT NOT NULL CHECK (type IN ('daily', 'monthly')),
    -- Empty: every model.
    model TEXT NOT NULL,
    cap_limit INTEGER NOT NULL CHECK (cap_limit >= 0),
    action TEXT NOT NULL CHECK (action IN ('deny', 'warn', 'notify')),
    UNIQUE (account_id, type, model)
) STRICT;

-- What a cap has counted in a window, so that its cost does not grow with history.
CREATE TABLE cap_counters (
    cap_id INTEGER NOT NULL REFERENCES caps (id) ON DELETE CASCADE,
    window_start INTEGER NOT NULL,
    spend INTEGER NOT NULL,
    notified INTEGER NOT NULL,
    PRIMARY KEY (cap_id, window_start)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER entries_are_never_changed BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'ledger entries are append-only'); END;

CREATE TRIGGER entries_are_never_deleted BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'ledger entries are append-only'); END;
