#!/usr/bin/env bash
# Runs a command beside a Creditdesk over an empty folder of its own, and leaves nothing of it behind.
#
#   scripts/with-server.sh COMMAND [ARGUMENT…]
#
# COMMAND finds in its environment CREDITDESK_URL, CREDITDESK_KEY (every scope), CREDITDESK_DATA and, on PATH, creditdesk.
# CREDITDESK_BIN names the program; without it, the newer of the release and the debug build is taken, and one is made
# where there is none.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[[ $# -gt 0 ]] || fail "which command?" "scripts/with-server.sh COMMAND [ARGUMENT…]"

binary="${CREDITDESK_BIN:-}"
if [[ -z "$binary" ]]; then
  binary="$(find "$ROOT/target/release/creditdesk" "$ROOT/target/debug/creditdesk" -printf '%T@ %p\n' 2>/dev/null | sort -n | tail -n 1 | cut -d' ' -f2)" || true
  if [[ -z "$binary" ]]; then
    (cd "$ROOT" && cargo build -p server)
    binary="$ROOT/target/debug/creditdesk"
  fi
fi
[[ -x "$binary" ]] || fail "$binary is no program" "make site"

work="$(mktemp -d "${TMPDIR:-/tmp}/creditdesk-server.XXXXXX")"
server=

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

mkdir "$work/bin"
ln -s "$(realpath "$binary")" "$work/bin/creditdesk"
export PATH="$work/bin:$PATH" CREDITDESK_DATA="$work/data" CREDITDESK_LOG="${CREDITDESK_LOG:-warn}"
export no_proxy=127.0.0.1 NO_PROXY=127.0.0.1
unset DATABASE_URL CREDITDESK_ADDR CREDITDESK_PUBLIC_URL

# Ports are drawn below the range that the kernel hands out by itself; a taken one ends the server, and another is tried.
start() {
  local port=$((20000 + RANDOM % 12000))
  export CREDITDESK_URL="http://127.0.0.1:$port"
  creditdesk serve --addr "127.0.0.1:$port" >"$work/log" 2>&1 </dev/null &
  server=$!
  local _
  for _ in {1..300}; do
    if ! kill -0 "$server" 2>/dev/null; then
      wait "$server" || true
      server=
      return 1
    fi
    [[ "$(curl -s "$CREDITDESK_URL/readyz")" == ready ]] && return 0
    sleep 0.1
  done
  fail "the server did not start within 30 seconds" "$(tail -n 20 "$work/log")"
}

CREDITDESK_KEY="$(creditdesk key add with-server)"
export CREDITDESK_KEY
for attempt in 1 2 3 4 5; do
  start && break
  ((attempt < 5)) || fail "the server does not start" "$(tail -n 20 "$work/log")"
done
say "creditdesk: $CREDITDESK_URL ($binary)" >&2

"$@"

if grep -q 'a handler panicked' "$work/log"; then
  cat "$work/log" >&2
  fail "a handler panicked"
fi
