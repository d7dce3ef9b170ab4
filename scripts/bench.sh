#!/usr/bin/env bash
# Measures the release build's ledger: over SQLite, then over a throw-away PostgreSQL. Both sync every commit to disk. Beside
# PostgreSQL's rates stands what its own pgbench does on it: transactions of one UPDATE and one INSERT, by 16 clients.
#
#   scripts/bench.sh [ARGUMENT…]      passed on to `creditdesk bench`
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$ROOT"

creditdesk="$ROOT/target/release/creditdesk"
[[ -x "$creditdesk" ]] || fail "the release build is missing" "make site"

# In the project, not in /tmp: that may be in memory, where a commit costs nothing.
data="$(mktemp -d "$ROOT/target/bench.XXXXXX")"
trap 'rm -rf "$data"' EXIT

echo "== SQLite"
CREDITDESK_DATA="$data" DATABASE_URL="sqlite:$data/bench.db" "$creditdesk" bench "$@"

echo "== HTTP, over SQLite"
# shellcheck disable=SC2016 # the variables are with-server's
TMPDIR="$data" CREDITDESK_BIN="$creditdesk" scripts/with-server.sh \
  bash -c 'exec "$0" bench --http "$CREDITDESK_URL" --key "$CREDITDESK_KEY"' "$creditdesk"

echo "== PostgreSQL"
on_postgres() {
  CREDITDESK_DATA="$data" DATABASE_URL="$TEST_POSTGRES_URL" "$creditdesk" bench "$@"
  echo "== PostgreSQL's own pgbench"
  local bin
  bin="$(postgres_bin)"
  "$bin/psql" "$TEST_POSTGRES_URL" -q <<'SQL'
CREATE TABLE bench_account (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL) WITH (fillfactor = 70);
CREATE TABLE bench_entry (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id BIGINT NOT NULL REFERENCES bench_account (id),
    amount BIGINT NOT NULL
);
INSERT INTO bench_account SELECT n, 1000000000 FROM generate_series(1, 1000) n;
VACUUM ANALYZE bench_account;
SQL
  cat >"$data/pgbench.sql" <<'SQL'
\set id random(1, 1000)
BEGIN;
UPDATE bench_account SET balance = balance - 1 WHERE id = :id;
INSERT INTO bench_entry (account_id, amount) VALUES (:id, -1);
COMMIT;
SQL
  "$bin/pgbench" -n -M prepared -c 16 -j 2 -T 15 -f "$data/pgbench.sql" "$TEST_POSTGRES_URL" | grep -E '^(tps|latency)'
}
export data creditdesk
export -f on_postgres postgres_bin
scripts/with-postgres.sh bash -euo pipefail -c 'on_postgres "$@"' bench "$@"
