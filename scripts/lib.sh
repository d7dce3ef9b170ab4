# shellcheck shell=bash
# Sourced by the other scripts: where things are, which tools come first on PATH, and how to speak.

# The one of macOS is from 2007.
if ((BASH_VERSINFO[0] < 5)); then
  echo "error: bash $BASH_VERSION is too old: 5 or newer is wanted (macOS: brew install bash)" >&2
  exit 1
fi

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

# Tools live inside the project, so that nothing of the machine's own is replaced. CI points this at a cache.
TOOLS="${CREDITDESK_TOOLS:-$ROOT/target/tools}"

# A CARGO_TARGET_DIR of the user's would part the server from the site it serves.
export CARGO_TARGET_DIR="$ROOT/target"
export PATH="$TOOLS/bin:$ROOT/end2end/node_modules/.bin:$HOME/.cargo/bin:$PATH"

say() { printf '  %s\n' "$*"; }
fail() {
  printf '\nerror: %s\n' "$1" >&2
  shift
  local line
  for line in "$@"; do printf '  %s\n' "$line" >&2; done
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# at_least 0.3.11 0.3.10: is the first version as new as the second?
at_least() { [[ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" == "$2" ]]; }

# The version of a crate that Cargo.lock settled on (the first, where there are several).
locked_version() {
  awk -v name="\"$1\"" '$1 == "name" { found = ($3 == name) } found && $1 == "version" { gsub(/"/, "", $3); print $3; exit }' "$ROOT/Cargo.lock"
}

# The folder with initdb and postgres: Debian keeps them off PATH.
postgres_bin() {
  local dir
  for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin | sort -rV); do
    [[ -x "$dir/initdb" && -x "$dir/postgres" ]] && { echo "$dir"; return; }
  done
  have initdb && have postgres && dirname "$(command -v initdb)"
}

chromium_bin() {
  local name
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
    [[ -n "$name" ]] && have "$name" && { command -v "$name"; return; }
  done
  return 1
}
