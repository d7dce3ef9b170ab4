-- Who may come in: people with sessions, programs with keys, and the one-time link of the first admin.

CREATE TABLE staff (
    id UUID NOT NULL PRIMARY KEY,
    -- Lower-case.
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('admin', 'finance', 'support')),
    -- argon2id, in the PHC string format.
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
);

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    staff_id UUID REFERENCES staff (id),
    data TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE welcome_links (
    -- SHA-256 of the token: whoever reads the database cannot use it.
    token_hash BYTEA NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE TABLE api_keys (
    id UUID NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    -- SHA-256 of the whole key, and its first characters, by which a person knows it again.
    key_hash BYTEA NOT NULL UNIQUE,
    prefix TEXT NOT NULL,
    -- Words from: read charge grant refund manage.
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT
);
