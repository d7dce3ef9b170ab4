-- What colleagues write down about a user, for those who have the same customer later. Added, never changed.
CREATE TABLE user_notes (
    id BLOB NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    -- staff:<e-mail>
    author TEXT NOT NULL,
    text TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX user_notes_account ON user_notes (account_id, created_at);

CREATE TRIGGER notes_are_never_changed BEFORE UPDATE ON user_notes
BEGIN SELECT RAISE(ABORT, 'notes are append-only'); END;

CREATE TRIGGER notes_are_never_deleted BEFORE DELETE ON user_notes
BEGIN SELECT RAISE(ABORT, 'notes are append-only'); END;
