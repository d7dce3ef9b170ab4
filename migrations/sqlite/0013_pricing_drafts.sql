-- Work on prices before it is a version: drafts, which may be at fault, and price lists to choose from.

CREATE TABLE pricing_drafts (
    id BLOB NOT NULL PRIMARY KEY,
    -- The version that it was begun from, and the one that was active then (or when its author last took that in).
    base INTEGER REFERENCES pricing_versions (version),
    seen_active INTEGER REFERENCES pricing_versions (version),
    label TEXT,
    -- As it was typed, so that it need not be a configuration, nor even JSON.
    content TEXT NOT NULL,
    -- JSON of the form of one plan, when the draft was made by that.
    plan_form TEXT,
    -- Counted up by every save: a save of an older one is kept as a draft of its own.
    revision INTEGER NOT NULL,
    published INTEGER REFERENCES pricing_versions (version),
    created_by TEXT NOT NULL,
    updated_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX pricing_drafts_open ON pricing_drafts (updated_at, id) WHERE published IS NULL;

CREATE TABLE price_lists (
    id BLOB NOT NULL PRIMARY KEY,
    content TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Members of a plan, counted and listed without reading every account.
CREATE INDEX accounts_plan ON accounts (plan_id, id) WHERE plan_id IS NOT NULL;
