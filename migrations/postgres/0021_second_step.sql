-- The second step of a sign-in: a code from an authenticator (TOTP, RFC 6238), or a recovery code in its place.
CREATE TABLE staff_second_steps (
    staff_id UUID NOT NULL PRIMARY KEY REFERENCES staff (id),
    -- As it is: codes are made from it.
    secret BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    -- Since then it is asked for; none while its first code has not been shown.
    confirmed_at BIGINT,
    -- The 30-second step of the last code that was taken: each code is good once.
    last_step BIGINT NOT NULL
);

CREATE TABLE staff_recovery_codes (
    staff_id UUID NOT NULL REFERENCES staff (id),
    -- SHA-256 of the code: whoever reads the database cannot use it.
    code_hash BYTEA NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (staff_id, code_hash)
);
