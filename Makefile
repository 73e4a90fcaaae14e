# femfaktor: `make run` and `make test` need CPython 3.11, make and git; the rest installs itself into .venv.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
CODE   := assets pipelines schemas reports synthetic_data tests

.DEFAULT_GOAL := help
.PHONY: help setup run test browser check lint types docs coverage mutants faults lock bench bench-reports bench-disclosure bench-national ui bundle clean

help:          ## this list
	@grep -hE '^[a-z-]+: .*##|^[a-z-]+:  +##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

setup: $(STAMP) ## install everything into .venv

# uv (from its own hashed one-line lock) installs the hashed lock; pip never resolves anything.
$(STAMP): requirements.lock tools.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo "CPython 3.11 is needed: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r tools.lock
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock tools.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	touch $@

run: $(STAMP)  ## synthetic registers -> release, DuckDB file and area reports
	$(BIN)/femfaktor demo

# One worker per core; a file stays with one worker, whose fixtures it shares.
test: $(STAMP) ## the whole test suite
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

browser: $(STAMP) ## the web pages in a headless Chromium: search, keyboard, phone, dark, print, accessibility
	$(BIN)/python -m pytest -m browser tests/browser

lint: $(STAMP) ## ruff: lint and format
	$(BIN)/ruff check --no-cache $(CODE)
	$(BIN)/ruff format --check $(CODE)

types: $(STAMP) ## pyright
	$(BIN)/pyright

coverage: $(STAMP) ## every branch of the factor rules is taken by a test
	$(BIN)/python -m pytest -q tests/unit/risk_factors tests/spec \
	  --cov=assets/risk_factors --cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=100

mutants: $(STAMP) ## every named wrong pipeline turns the suite red (make mutants ONLY=name tries one)
	$(BIN)/python -m tests.mutants $(ONLY)

faults: $(STAMP) ## every bad delivery in every form, and a night that dies at every change it makes
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal -m '' tests/faults

# Every check runs, every failure is listed, then the verdict.
check: $(STAMP) ## lint, types, docs, coverage, tests and browser; lists every failure
	@failed=""; for target in lint types docs coverage test browser; do \
	  $(MAKE) --no-print-directory $$target || failed="$$failed $$target"; done; \
	if [ -n "$$failed" ]; then echo "FAILED:$$failed"; exit 1; fi; echo "all checks passed"

docs: $(STAMP) ## are the rendered parts of the docs up to date? (make docs WRITE=1 renders them)
	$(BIN)/python -m pipelines.docs $(if $(WRITE),--write,--check)

lock: $(STAMP) ## resolve pyproject.toml into requirements.lock: hashes, no host names
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url $(if $(UPGRADE),--upgrade) pyproject.toml -o requirements.lock

bench: $(STAMP) ## score + aggregate 1 M persons against a hand-written DuckDB query
	$(BIN)/python -m tests.bench

bench-reports: $(STAMP) ## 300 areas in all their forms, and again with nothing changed
	$(BIN)/python -m tests.bench.reports

bench-disclosure: $(STAMP) ## protect and attack one date of the whole country: seconds, memory, errors of the shares
	$(BIN)/python -m tests.bench.disclosure

bench-national: $(STAMP) ## make the registers of the whole country and run a night on them: seconds and memory by step
	$(BIN)/python -m tests.bench.national

ui: $(STAMP)   ## the asset graph in a browser, on this machine only
	$(BIN)/femfaktor ui

bundle: $(STAMP) ## wheels + lock + installer for a server without internet, in dist/
	$(BIN)/python -m pipelines.bundle

clean:         ## remove the environment and build products (never data/)
	rm -rf $(VENV) dist .pytest_cache .ruff_cache .hypothesis
