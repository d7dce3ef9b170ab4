#!/usr/bin/env bash
# Runs a command beside a throw-away PostgreSQL, and leaves nothing of it behind.
#
#   scripts/with-postgres.sh COMMAND [ARGUMENT…]
#
# COMMAND finds TEST_POSTGRES_URL in its environment. Its user may create databases: each test makes its own.
# Where TEST_POSTGRES_URL is set already, that server is used and none is started.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[[ $# -gt 0 ]] || fail "which command?" "scripts/with-postgres.sh COMMAND [ARGUMENT…]"
if [[ -n "${TEST_POSTGRES_URL:-}" ]]; then
  say "PostgreSQL: $TEST_POSTGRES_URL" >&2
  exec "$@"
fi

bin="$(postgres_bin)" || fail "the PostgreSQL server is missing" "scripts/setup.sh test"

# Short, because the path of a Unix socket may not be long.
work="$(mktemp -d /tmp/creditdesk-pg.XXXXXX)"
server=

# PostgreSQL refuses to run as root.
as_user=()
if [[ "$(id -u)" == 0 ]]; then
  owner=postgres
  id "$owner" >/dev/null 2>&1 || owner=nobody
  chown "$owner" "$work"
  as_user=(setpriv --reuid "$owner" --regid "$(id -g "$owner")" --init-groups)
fi

# Fast shutdown on SIGINT. Were this script itself killed, the kernel would send the same.
stop_with_parent=()
if setpriv --pdeathsig INT true 2>/dev/null; then
  if ((${#as_user[@]} > 0)); then as_user+=(--pdeathsig INT); else stop_with_parent=(setpriv --pdeathsig INT); fi
fi

cleanup() {
  local status=$?
  trap - EXIT
  if [[ -n "$server" ]]; then
    kill -INT "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$work"
  exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

cd "$work"
"${as_user[@]}" "$bin/initdb" --pgdata="$work/data" --username=creditdesk --auth=trust --encoding=UTF8 --locale=C \
  --no-instructions >"$work/initdb.log" 2>&1 || fail "initdb failed" "$(cat "$work/initdb.log")"

# Ports are drawn below the range that the kernel hands out by itself; a taken one ends the server, and another is tried.
start() {
  port=$((20000 + RANDOM % 12000))
  "${as_user[@]}" "${stop_with_parent[@]}" "$bin/postgres" -D "$work/data" -k "$work" -p "$port" \
    -c listen_addresses=127.0.0.1 -c max_connections=200 -c fsync=on </dev/null >"$work/server.log" 2>&1 &
  server=$!
  local _
  for _ in {1..300}; do
    if ! kill -0 "$server" 2>/dev/null; then
      wait "$server" || true
      server=
      return 1
    fi
    "$bin/pg_isready" -q -h "$work" -p "$port" && return 0
    sleep 0.1
  done
  fail "PostgreSQL did not start within 30 seconds" "$(tail -n 20 "$work/server.log")"
}

for attempt in 1 2 3 4 5; do
  start && break
  ((attempt < 5)) || fail "PostgreSQL does not start" "$(tail -n 20 "$work/server.log")"
done
"$bin/createdb" -h "$work" -p "$port" -U creditdesk creditdesk_test

export TEST_POSTGRES_URL="postgres://creditdesk@127.0.0.1:$port/creditdesk_test"
say "PostgreSQL $("$bin/postgres" --version | awk '{ print $3 }'): $TEST_POSTGRES_URL" >&2

cd "$OLDPWD"
"$@"
