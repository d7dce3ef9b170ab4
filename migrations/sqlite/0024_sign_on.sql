-- Whom an identity provider (OpenID Connect) knows, and who they are here.
CREATE TABLE staff_identities (
    issuer TEXT NOT NULL,
    -- The provider's own name of the person, which never changes and is given to nobody else.
    subject TEXT NOT NULL,
    staff_id BLOB NOT NULL REFERENCES staff (id),
    linked_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject),
    -- An e-mail that the provider gave to somebody else must not open the account of who had it before.
    UNIQUE (staff_id, issuer)
) STRICT, WITHOUT ROWID;
