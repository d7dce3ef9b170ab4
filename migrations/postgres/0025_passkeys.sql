-- Passkeys (WebAuthn): a second step, or a way in by itself.
CREATE TABLE staff_passkeys (
    id UUID NOT NULL PRIMARY KEY,
    staff_id UUID NOT NULL REFERENCES staff (id),
    -- As its owner calls it.
    name TEXT NOT NULL,
    -- The authenticator's own name of it.
    credential_id BYTEA NOT NULL UNIQUE,
    -- JSON: the public key, and what the authenticator said of itself.
    credential TEXT NOT NULL,
    -- Signatures that the authenticator has counted; 0 where it does not count.
    counter BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);

CREATE INDEX staff_passkeys_of ON staff_passkeys (staff_id, created_at);
