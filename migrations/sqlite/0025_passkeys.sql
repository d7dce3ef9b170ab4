-- Passkeys (WebAuthn): a second step, or a way in by itself.
CREATE TABLE staff_passkeys (
    id BLOB NOT NULL PRIMARY KEY,
    staff_id BLOB NOT NULL REFERENCES staff (id),
    -- As its owner calls it.
    name TEXT NOT NULL,
    -- The authenticator's own name of it.
    credential_id BLOB NOT NULL UNIQUE,
    -- JSON: the public key, and what the authenticator said of itself.
    credential TEXT NOT NULL,
    -- Signatures that the authenticator has counted; 0 where it does not count.
    counter INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT;

CREATE INDEX staff_passkeys_of ON staff_passkeys (staff_id, created_at);
