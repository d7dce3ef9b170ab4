-- What colleagues write down about a user, for those who have the same customer later. Added, never changed.
CREATE TABLE user_notes (
    id UUID NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    -- staff:<e-mail>
    author TEXT NOT NULL,
    text TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX user_notes_account ON user_notes (account_id, created_at);

CREATE TRIGGER notes_are_never_changed BEFORE UPDATE OR DELETE ON user_notes
FOR EACH ROW EXECUTE FUNCTION refuse_change();
