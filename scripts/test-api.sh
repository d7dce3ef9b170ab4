#!/usr/bin/env bash
# The HTTP API as strangers see it, over a server of its own:
#   the description is right OpenAPI 3.1 and its examples fit it;
#   a TypeScript client generated from it type-checks and works;
#   schemathesis finds no 500, no undocumented answer, and nothing accepted that the description forbids.
#
#   scripts/test-api.sh [--max-examples N]      N inputs for each operation and phase; 25 without it
#
# The tools come from PyPI and npm into target/api-check. Where these cannot be reached, it says so and is skipped.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

examples=25
[[ "${1:-}" != --max-examples ]] || examples="${2:?how many?}"

tools="$ROOT/target/api-check"
python_tools=(schemathesis==4.32.5 openapi-spec-validator==0.9.0 jsonschema==4.26.0)
npm_tools=(openapi-typescript@7.13.0 openapi-fetch@0.17.0 typescript@5.9.3 @types/node@20.9.5)

skip() {
  say "skipped: $1" "see $tools/install.log"
  exit 0
}

# Installed once for each set of versions.
mkdir -p "$tools"
wanted="${python_tools[*]} ${npm_tools[*]}"
if [[ "$(cat "$tools/installed" 2>/dev/null)" != "$wanted" ]]; then
  say "installing ${python_tools[0]} and ${npm_tools[0]} into target/api-check"
  python3 -m venv "$tools/venv" >"$tools/install.log" 2>&1 || skip "python3 has no venv"
  "$tools/venv/bin/pip" install --quiet "${python_tools[@]}" >>"$tools/install.log" 2>&1 || skip "PyPI cannot be reached"
  npm install --prefix "$tools" --no-audit --no-fund "${npm_tools[@]}" >>"$tools/install.log" 2>&1 || skip "npm cannot be reached"
  echo "$wanted" >"$tools/installed"
fi

if [[ -z "${CREDITDESK_URL:-}" ]]; then
  exec "$ROOT/scripts/with-server.sh" "${BASH_SOURCE[0]}" --max-examples "$examples"
fi

echo "== the description"
"$tools/venv/bin/python" "$ROOT/scripts/api-check/description.py" "$CREDITDESK_URL"

echo "== a generated client"
client="$tools/client"
rm -rf "$client"
mkdir -p "$client"
echo '{"type": "module"}' >"$client/package.json"
"$tools/node_modules/.bin/openapi-typescript" "$CREDITDESK_URL/api/openapi.json" --output "$client/description.ts" >/dev/null
cp "$ROOT/scripts/api-check/client.ts" "$client/"
(cd "$client" && "$tools/node_modules/.bin/tsc" client.ts --strict --target es2022 --module nodenext --moduleDetection force \
  --skipLibCheck --typeRoots ../node_modules/@types --types node)
node "$client/client.js"

echo "== schemathesis"
"$tools/venv/bin/python" "$ROOT/scripts/api-check/seed.py"
# Of its checks one is left out: it takes every 422 of a request that fits its schema for a fault, and a ledger refuses
# many of those by rules that no schema can say (an amount of 0, a plan that does not exist, a formula that does not parse).
"$tools/venv/bin/schemathesis" --config-file "$ROOT/scripts/api-check/schemathesis.toml" run "$CREDITDESK_URL/api/openapi.json" --header "Authorization: Bearer $CREDITDESK_KEY" \
  --max-examples "$examples" --seed 1 --exclude-checks positive_data_acceptance \
  --suppress-health-check all --no-color
say "the server is sound after it:"
creditdesk verify
