#!/usr/bin/env bash
# Everything that is checked without running it. Stops at the first fault.
#
#   scripts/lint.sh [CHECK…]      fmt native wasm deny browser scripts; without a name: all
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$ROOT"

check_fmt() { cargo fmt --all --check; }

# The server's half and the browser's half of `app` exclude each other, so they are linted one after the other.
check_native() { cargo clippy --workspace --features app/ssr --all-targets -- -D warnings; }
check_wasm() { cargo clippy -p app --no-default-features --features hydrate --target wasm32-unknown-unknown -- -D warnings; }

# Without `advisories`, which fetches a list: see deny.toml.
check_deny() { cargo deny --log-level error check --hide-inclusion-graph bans licenses sources; }

check_browser() { (cd end2end && tsc --noEmit); }

check_scripts() {
  if have shellcheck; then
    shellcheck -x scripts/*.sh scripts/try-ingest .ci/run
  else
    say "shellcheck is not installed: scripts are not checked"
  fi
}

checks=("$@")
[[ $# -gt 0 ]] || checks=(fmt native wasm deny browser scripts)
for check in "${checks[@]}"; do
  echo "== lint: $check"
  "check_$check"
done
