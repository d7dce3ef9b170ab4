-- What an admin sets, invitations of colleagues, and what waits for a second person.

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    -- JSON.
    value TEXT NOT NULL
) STRICT;

CREATE TABLE invites (
    id BLOB NOT NULL PRIMARY KEY,
    -- SHA-256 of the token: whoever reads the database cannot use it.
    token_hash BLOB NOT NULL UNIQUE,
    -- Lower-case.
    email TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('admin', 'finance', 'support')),
    invited_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    -- Joined, revoked, or replaced by a later invitation.
    closed_at INTEGER
) STRICT;

CREATE TABLE approvals (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('refund', 'grant', 'cap', 'activation')),
    -- JSON: what is done when it is approved.
    proposal TEXT NOT NULL,
    -- The user, or the pricing version.
    subject TEXT NOT NULL,
    amount INTEGER,
    reason TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    requested_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'declined', 'withdrawn', 'expired')),
    decided_by TEXT,
    decided_at INTEGER,
    note TEXT,
    -- The transaction that it became.
    result TEXT
) STRICT;

CREATE INDEX approvals_by_status ON approvals (status, id);
