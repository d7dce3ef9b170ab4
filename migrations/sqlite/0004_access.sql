-- Who may come in: people with sessions, programs with keys, and the one-time link of the first admin.

CREATE TABLE staff (
    id BLOB NOT NULL PRIMARY KEY,
    -- Lower-case.
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('admin', 'finance', 'support')),
    -- argon2id, in the PHC string format.
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER
) STRICT;

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    staff_id BLOB REFERENCES staff (id),
    data TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE welcome_links (
    -- SHA-256 of the token: whoever reads the database cannot use it.
    token_hash BLOB NOT NULL PRIMARY KEY,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;

CREATE TABLE api_keys (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    -- SHA-256 of the whole key, and its first characters, by which a person knows it again.
    key_hash BLOB NOT NULL UNIQUE,
    prefix TEXT NOT NULL,
    -- Words from: read charge grant refund manage.
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at INTEGER
) STRICT;
