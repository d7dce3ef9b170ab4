-- Counts the changes of everything that the ledger decides an account by: its entries, lots, allowance, caps and plan. A
-- writer that knows an account at its revision need not read the rest again.
ALTER TABLE accounts ADD COLUMN revision BIGINT NOT NULL DEFAULT 0;
