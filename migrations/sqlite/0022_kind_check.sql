-- For a list of more than two values SQLite fills a table of its own at each row that is checked, a tenth of the time that an
-- entry takes. Comparisons say the same. The rows are not touched: the text of the constraint alone is another, which is
-- one of the changes that SQLite's documentation (ALTER TABLE, "Making Other Kinds Of Table Schema Changes") allows.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(
    sql,
    'CHECK (kind IN (''purchase'', ''subscription'', ''grant'', ''adjustment'', ''usage'', ''team_usage'', ''refund'', ''expiry''))',
    'CHECK (kind = ''usage'' OR kind = ''team_usage'' OR kind = ''refund'' OR kind = ''grant'' OR kind = ''purchase'' OR kind = ''subscription'' OR kind = ''adjustment'' OR kind = ''expiry'')'
)
WHERE type = 'table' AND name = 'entries';
PRAGMA writable_schema = RESET;
-- Any change of the schema's number makes every connection read it again.
CREATE TABLE kind_check (x INTEGER);
DROP TABLE kind_check;
