-- Pricing versions: immutable and numbered; one is active, or none yet.

CREATE TABLE pricing_versions (
    version BIGINT NOT NULL PRIMARY KEY,
    id UUID NOT NULL UNIQUE,
    -- Canonical JSON, so that equal content has equal text, and its SHA-256.
    content TEXT NOT NULL,
    content_hash BYTEA NOT NULL UNIQUE,
    label TEXT,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE pricing_activations (
    seq BIGINT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL REFERENCES pricing_versions (version),
    activated_by TEXT NOT NULL,
    activated_at BIGINT NOT NULL
);

CREATE TRIGGER versions_are_never_changed BEFORE UPDATE OR DELETE ON pricing_versions
FOR EACH ROW EXECUTE FUNCTION refuse_change();
