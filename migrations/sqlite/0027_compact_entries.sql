-- A column that says nothing more than `amount` and `occurred_at` do may be left empty: see the file of this name for
-- PostgreSQL. The rows are not touched, and those from before mean what they did. To take NOT NULL away is one of the changes
-- of the schema's text that SQLite's documentation (ALTER TABLE, "Making Other Kinds Of Table Schema Changes") allows.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(replace(replace(replace(
    sql,
    'stale INTEGER NOT NULL', 'stale INTEGER'),
    'allowance INTEGER NOT NULL', 'allowance INTEGER'),
    'uncollected INTEGER NOT NULL', 'uncollected INTEGER'),
    'recorded_at INTEGER NOT NULL', 'recorded_at INTEGER')
WHERE type = 'table' AND name = 'entries';
PRAGMA writable_schema = RESET;
-- Any change of the schema's number makes every connection read it again.
CREATE TABLE compact_entries (x INTEGER);
DROP TABLE compact_entries;
