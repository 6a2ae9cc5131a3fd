# The project's commands. `make demo` and `make test` need nothing typed before them.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help setup demo test test-postgresql check format bench soak-alerts soak-workers fuzz-feeds soak-watch soak-day chaos fuzz mutants coverage sbom audit lock clean

help:  ## Show these commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## ?/\1\t/' | expand -t 12

setup: $(STAMP)  ## Make the virtual environment from the locked, hashed requirements

$(STAMP): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "newsdelta needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Say: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { echo "Could not make a virtual environment. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Installing the locked requirements into $(VENV) (once; a minute or two) ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup  ## Watch a copy of the channel for a minute: alerts as they happen, then a self-check
	@$(BIN)/newsdelta demo

test: setup  ## Run every test
	@$(BIN)/python -m pytest

check: setup  ## Lint, types, and the rule that imports run one way
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

format: setup  ## Put the code in its standard form
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: setup  ## Measure, print a table, write bench.json
	@$(BIN)/python -m tests.benchmarks

test-postgresql: setup  ## Run what people do (tests/acceptance) on PostgreSQL
	@$(BIN)/python -m pytest --postgresql tests/acceptance

soak-workers: setup  ## Kill watchers, workers and connections at random for MINUTES (10): nothing may be lost
	@$(BIN)/python -m tests.integration.soak_workers $(or $(MINUTES),10)

fuzz-feeds: setup  ## Read 10,000 damaged feeds: no crash, no hang
	@$(BIN)/python -m tests.quality.mutations 10000

soak-alerts: setup  ## Kill delivering processes at random, KILLS times (1,000): nothing may be lost
	@$(BIN)/python -m tests.integration.soak_alerts $(or $(KILLS),1000)

soak-watch: setup  ## A real watch with its page, readers and alerts for MINUTES (60): memory, files, threads may not grow
	@$(BIN)/python -m tests.soak.watch $(or $(MINUTES),60)

soak-day: setup  ## A channel's day of HOURS (24) on simulated time, in some minutes: the same
	@$(BIN)/python -m tests.soak.day $(or $(HOURS),24)

chaos: setup  ## Everything goes wrong for MINUTES (30), by SEED: then an audit of what was stored and told
	@$(BIN)/python -m tests.chaos $(or $(MINUTES),30) $(SEED)

fuzz: setup  ## Damaged input at every door, EACH (600) seconds a door
	@$(BIN)/python -m tests.fuzz all $(or $(EACH),600)

mutants: setup  ## Is a change of the code noticed by a test? SAMPLE (40) changes of each file that decides
	@$(BIN)/python -m tests.mutants --sample $(or $(SAMPLE),40)

coverage: setup  ## Lines and branches that the tests of the parts reach: 95 % of storage and of what is pure
	@$(BIN)/python -m coverage run -m pytest -n 0 tests/unit tests/integration/storage tests/integration/web \
	  tests/integration/test_archive.py && $(BIN)/python -m tests.floors

sbom: setup  ## A bill of materials (CycloneDX) of what runs with newsdelta: sbom.cdx.json
	@$(BIN)/python -m tests.supply.sbom > sbom.cdx.json

audit: setup  ## Known weaknesses of what is locked, by pip-audit (needs the network)
	@$(BIN)/python -m tests.supply.audit

lock:  ## Renew the locked requirements (needs uv on the PATH)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet -o requirements.lock $(LOCK_OPTIONS)
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet -o requirements-dev.lock $(LOCK_OPTIONS)

clean:  ## Remove what the commands above made
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache bench.json dist
