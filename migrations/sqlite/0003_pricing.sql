-- Pricing versions: immutable and numbered; one is active, or none yet.

CREATE TABLE pricing_versions (
    version INTEGER NOT NULL PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    -- Canonical JSON, so that equal content has equal text, and its SHA-256.
    content TEXT NOT NULL,
    content_hash BLOB NOT NULL UNIQUE,
    label TEXT,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE pricing_activations (
    seq INTEGER NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL REFERENCES pricing_versions (version),
    activated_by TEXT NOT NULL,
    activated_at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER versions_are_never_changed BEFORE UPDATE ON pricing_versions
BEGIN SELECT RAISE(ABORT, 'pricing versions are immutable'); END;

CREATE TRIGGER versions_are_never_deleted BEFORE DELETE ON pricing_versions
BEGIN SELECT RAISE(ABORT, 'pricing versions are immutable'); END;
