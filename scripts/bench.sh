#!/usr/bin/env bash
# Measures the release build's ledger: over SQLite, then over a throw-away PostgreSQL. Both sync every commit to disk.
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
# shellcheck disable=SC2016 # the variable is with-postgres's
CREDITDESK_DATA="$data" scripts/with-postgres.sh bash -c 'DATABASE_URL="$TEST_POSTGRES_URL" exec "$@"' bench "$creditdesk" bench "$@"
