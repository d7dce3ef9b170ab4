-- Credits held for calls whose cost is not known yet. A row is written once and closed once.
CREATE TABLE reservations (
    id UUID NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    amount BIGINT NOT NULL CHECK (amount > 0),
    operation TEXT,
    status TEXT NOT NULL CHECK (status IN ('active', 'settled', 'released', 'expired')),
    -- By whose prices and floor it is settled.
    pricing_version BIGINT,
    floor BIGINT NOT NULL,
    actor TEXT NOT NULL,
    key TEXT,
    digest BYTEA NOT NULL,
    -- What the answer said, for a replay.
    balance BIGINT NOT NULL,
    reserved_total BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- The charge that settled it.
    entry_id UUID
);

CREATE UNIQUE INDEX reservations_key ON reservations (account_id, key) WHERE key IS NOT NULL;
CREATE INDEX reservations_active ON reservations (account_id, expires_at) WHERE status = 'active';
CREATE INDEX reservations_due ON reservations (expires_at) WHERE status = 'active';
CREATE INDEX reservations_listed ON reservations (account_id, created_at);

-- Who may spend a team's pool. A member who leaves keeps the row, and with it what they have spent.
CREATE TABLE team_members (
    team_id BIGINT NOT NULL REFERENCES accounts (id),
    user_id BIGINT NOT NULL REFERENCES accounts (id),
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
    -- Lifetime limit; NULL is none, 0 may not spend.
    spend_cap BIGINT CHECK (spend_cap >= 0),
    -- Lifetime spend net of refunds: what the limit is compared with.
    total_spent BIGINT NOT NULL,
    added_at BIGINT NOT NULL,
    removed_at BIGINT,
    PRIMARY KEY (team_id, user_id)
);

CREATE INDEX team_members_user ON team_members (user_id);

-- The request that made a team, so that its repetition finds it.
CREATE TABLE team_keys (
    key TEXT NOT NULL PRIMARY KEY,
    team_id BIGINT NOT NULL REFERENCES accounts (id),
    digest BYTEA NOT NULL
);

-- A member's charges of a team, which are in the team's ledger.
CREATE INDEX entries_member ON entries (user_id, occurred_at) WHERE kind = 'team_usage';
