-- What people and keys changed, in one chain: each row carries the hash of the row before it, so that a row that was
-- changed, taken out or put in later shows.

CREATE TABLE audit_log (
    -- From 1, without gaps.
    seq BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    -- staff:<e-mail>, key:<name> or system:<job>.
    actor TEXT NOT NULL,
    -- Where the request came from, when it came over HTTP.
    address TEXT,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT,
    -- JSON, as it was hashed.
    before_state TEXT,
    after_state TEXT,
    previous_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL
);

CREATE INDEX audit_log_at ON audit_log (at, seq);
CREATE INDEX audit_log_actor ON audit_log (actor, seq);
CREATE INDEX audit_log_action ON audit_log (action, seq);
CREATE INDEX audit_log_subject ON audit_log (subject, seq);

-- The end of the chain. Its one row is locked by whoever appends.
CREATE TABLE audit_head (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    seq BIGINT NOT NULL,
    hash BYTEA NOT NULL
);

INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '');

CREATE TRIGGER audit_log_is_never_changed BEFORE UPDATE OR DELETE ON audit_log
FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER audit_log_is_never_truncated BEFORE TRUNCATE ON audit_log
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
