# Everything one does with Creditdesk. `make` alone lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# The same as scripts/lib.sh: tools of the project's own, and one target folder whatever the user's settings say.
CREDITDESK_TOOLS ?= $(CURDIR)/target/tools
export CREDITDESK_TOOLS
export CARGO_TARGET_DIR := $(CURDIR)/target
export PATH := $(CREDITDESK_TOOLS)/bin:$(CURDIR)/end2end/node_modules/.bin:$(HOME)/.cargo/bin:$(PATH)

# What the release build is made from. Folders are named too: their time tells of a file that has gone.
SITE := target/site/.built
SOURCES := Cargo.toml Cargo.lock rust-toolchain.toml \
	$(shell find app server style public migrations \( -name tests -o -name benches -o -name target -o -name proptest-regressions \) -prune -o -print 2>/dev/null)

.PHONY: help run dev site setup setup-build setup-test test test-rust test-browser test-docs test-api test-ingest lint fmt bench bench-pages size lighthouse screenshots clean-data

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

run: $(SITE) ## Set up, build and serve with demo data (other arguments: make run ARGS="--help")
	@target/release/creditdesk serve $(or $(ARGS),--demo)

dev: setup-build ## Rebuild and reload while you edit
	@rm -f $(SITE)
	@cargo leptos watch -- serve $(or $(ARGS),--demo)

site: $(SITE) ## Build the release: target/release/creditdesk and target/site

setup: ## Install the tools that are missing, for building and for testing
	@scripts/setup.sh build test

setup-build:
	@scripts/setup.sh -q build

setup-test:
	@scripts/setup.sh -q build test

# cargo-leptos empties target/site before it builds, and the mark with it.
$(SITE): $(SOURCES) | setup-build
	@echo "== release build (the first takes some minutes)"
	@cargo leptos build --release
	@scripts/precompress
	@touch $@

test: test-rust test-docs test-browser ## Test everything

test-rust: setup-test ## Test the Rust code, on SQLite and PostgreSQL (some of it: make test-rust ARGS="name_of_test")
	@echo "== Rust tests"
	@scripts/with-postgres.sh cargo test --workspace --features app/ssr $(ARGS)

test-browser: setup-test $(SITE) ## Test the release build in Chromium (some of it: make test-browser ARGS="smoke")
	@echo "== browser tests"
	@cd end2end && playwright test $(ARGS)

test-ingest: ## Try the on-ramps with the real packages of LiteLLM and OpenTelemetry
	@scripts/try-ingest

test-docs: setup-test $(SITE) ## Run every block of docs/API.md and compare what it prints
	@echo "== docs/API.md"
	@CREDITDESK_BIN="$(CURDIR)/target/release/creditdesk" scripts/test-docs

test-api: setup-test $(SITE) ## Test the API as strangers see it: a generated client, schemathesis (needs PyPI and npm)
	@CREDITDESK_BIN="$(CURDIR)/target/release/creditdesk" scripts/test-api.sh $(ARGS)

# Never with all features: one build is for the server, the other for the browser.
lint: setup-test ## Check format, lints, types and licences
	@scripts/setup.sh -q lint
	@scripts/lint.sh

fmt: ## Format the Rust code
	@cargo fmt --all

bench: $(SITE) setup-test ## Measure the ledger on SQLite and PostgreSQL
	@scripts/bench.sh $(ARGS)

bench-pages: $(SITE) ## Measure the pages (ARGS="--data FOLDER --requests 500 --limit 50"); without a folder, over a demo
	@scripts/bench-pages $(ARGS)

lighthouse: $(SITE) setup-test ## Run Lighthouse on the overview, the users and the pricing (needs npm)
	@scripts/lighthouse $(ARGS)

screenshots: $(SITE) setup-test ## Take the pictures of docs/images
	@cd end2end && playwright test -c screenshots.config.ts

size: $(SITE) ## Show what a first visit downloads
	@scripts/size-report

clean-data: ## Delete the local database in ./data
	@if [[ ! -e data ]]; then echo "  ./data is not there: nothing to do"; exit; fi; \
	if [[ -t 0 ]]; then read -r -p "Delete ./data with everything in it? [y/N] " answer; [[ "$$answer" == [yY]* ]] || exit 1; fi; \
	rm -rf data; echo "  ./data deleted"
