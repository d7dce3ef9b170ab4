#!/usr/bin/env bash
# Installs what is missing, says so in one line each, and does nothing the second time.
#
#   scripts/setup.sh [-q] [build] [test] [lint]      without a name: build and test; -q: silent where nothing is to do
#
#   build   Rust with the wasm target, cargo-leptos, wasm-bindgen, wasm-opt, Node.js
#   test    Chromium and PostgreSQL for the tests
#   lint    cargo-deny; as root shellcheck too, without which scripts go unchecked
#
# Cargo's tools go to target/tools (or $CREDITDESK_TOOLS), npm's to end2end/node_modules. Only compilers, Node.js,
# Chromium and PostgreSQL come from the system, through apt where there is one.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$ROOT"

CARGO_LEPTOS=0.3.10 # 0.3.11 wants a newer Rust than rust-toolchain.toml names
CARGO_DENY=0.20.2
NODE=20 # what Playwright wants

installed=0

# apt_install WHY PACKAGE…
apt_install() {
  local why="$1" as=()
  shift
  if ! have apt-get; then
    fail "$why" "Install it with your system's package manager; Debian calls it: $*"
  fi
  if [[ "$(id -u)" != 0 ]]; then
    if have sudo && sudo -n true 2>/dev/null; then
      as=(sudo -n)
    else
      fail "$why" "Installing it needs root. Please run this, then start again:" "    sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"
    fi
  fi
  say "installing $* (apt): $why"
  {
    "${as[@]}" apt-get update -qq &&
      "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y -qq --no-install-recommends "$@"
  } </dev/null >"$ROOT/target/apt.log" 2>&1 || fail "apt-get could not install $*" "$(tail -n 5 "$ROOT/target/apt.log")"
  installed=$((installed + 1))
}

# cargo_install CRATE VERSION [FLAG…]
# These run for seconds, so they are built to be ready soon rather than to be fast: not optimised at all.
cargo_install() {
  local crate="$1" version="$2" quiet=()
  shift 2
  [[ -t 2 ]] || quiet=(--quiet)
  say "installing $crate $version (cargo; takes some minutes)"
  env CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    CARGO_PROFILE_RELEASE_DEBUG=0 CARGO_INCREMENTAL=0 \
    cargo install "$crate" --version "=$version" --root "$TOOLS" --target-dir "$TOOLS/build" --force "${quiet[@]}" "$@" </dev/null
  installed=$((installed + 1))
}

setup_rust() {
  local wanted
  wanted="$(sed -n 's/^channel = "\(.*\)"$/\1/p' rust-toolchain.toml)"
  have cc || apt_install "a C compiler is missing (SQLite and TLS are compiled)" build-essential
  if ! have cargo; then
    fail "Rust is missing" "Install rustup from https://rustup.rs (or the package rustup of your system), then start again."
  fi
  if ! rustc --version >/dev/null 2>&1; then
    have rustup || fail "cargo is there, but rustc does not answer" "Reinstall Rust: https://rustup.rs"
    say "installing Rust $wanted (rustup)"
    rustup toolchain install "$wanted" --profile minimal --component clippy --component rustfmt --target wasm32-unknown-unknown
    installed=$((installed + 1))
  fi
  local found
  found="$(rustc --version | awk '{ print $2 }')"
  at_least "$found" "$wanted" || fail "Rust $found is too old: $wanted is wanted" "With rustup: rustup toolchain install $wanted"
  if [[ ! -d "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib" ]]; then
    have rustup || fail "Rust's target wasm32-unknown-unknown is missing" "Use rustup (https://rustup.rs), or your system's package for it."
    say "installing Rust's target wasm32-unknown-unknown (rustup)"
    rustup target add wasm32-unknown-unknown
    installed=$((installed + 1))
  fi
}

# Playwright drives the browser that is installed: it must not fetch one of its own.
setup_node() {
  if ! have node || ! have npm; then apt_install "Node.js is missing" nodejs npm; fi
  local found
  found="$(node --version)"
  at_least "${found#v}" "$NODE" || fail "Node.js $found is too old: $NODE or newer is wanted" "See https://nodejs.org/en/download"
  if ! cmp -s end2end/package-lock.json end2end/node_modules/.installed-lock.json; then
    say "installing wasm-opt and Playwright into end2end/node_modules (npm)"
    (cd end2end && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error </dev/null >/dev/null)
    cp end2end/package-lock.json end2end/node_modules/.installed-lock.json
    installed=$((installed + 1))
  fi
}

setup_leptos() {
  local found bindgen
  found="$(cargo-leptos --version 2>/dev/null | awk '{ print $2 }' || true)"
  if [[ -z "$found" ]] || ! at_least "$found" "$CARGO_LEPTOS"; then
    cargo_install cargo-leptos "$CARGO_LEPTOS" --locked --features no_downloads
  fi
  # The command and the crate must be of one version. Its lock file names a crate that is gone: no --locked.
  bindgen="$(locked_version wasm-bindgen)"
  found="$(wasm-bindgen --version 2>/dev/null | awk '{ print $2 }' || true)"
  [[ "$found" == "$bindgen" ]] || cargo_install wasm-bindgen-cli "$bindgen" --bin wasm-bindgen
}

setup_build() {
  setup_rust
  setup_node
  setup_leptos
}

setup_test() {
  setup_node
  if ! chromium_bin >/dev/null; then
    [[ -z "${CHROMIUM:-}" ]] || fail "CHROMIUM names no program: $CHROMIUM"
    apt_install "Chromium is missing" chromium
  fi
  postgres_bin >/dev/null || apt_install "the PostgreSQL server is missing" postgresql
}

setup_lint() {
  setup_rust
  local found
  found="$(cargo-deny --version 2>/dev/null | awk '{ print $2 }' || true)"
  if [[ -z "$found" ]] || ! at_least "$found" 0.19.0; then cargo_install cargo-deny "$CARGO_DENY" --locked; fi
  if ! have shellcheck && have apt-get && [[ "$(id -u)" == 0 ]]; then apt_install "scripts are to be checked" shellcheck; fi
}

mkdir -p target "$TOOLS"
silent=
if [[ "${1:-}" == -q ]]; then
  silent=yes
  shift
fi
groups=("$@")
[[ $# -gt 0 ]] || groups=(build test)
for group in "${groups[@]}"; do
  case "$group" in
    build | test | lint) ;;
    *) fail "no such group: $group" "scripts/setup.sh [-q] [build] [test] [lint]" ;;
  esac
done
for group in "${groups[@]}"; do "setup_$group"; done

# Half-built crates are kept after a failure, so that the next try goes on from there.
rm -rf "$TOOLS/build"
if ((installed > 0)); then
  say "set-up for ${groups[*]}: $installed installed"
elif [[ -z "$silent" ]]; then
  say "set-up for ${groups[*]}: nothing to do"
fi
