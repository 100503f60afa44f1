# Everything a newcomer needs: make run, make test, make bench NAME=x. Nothing is installed outside the checkout,
# but a Chromium for the browser tests where none is found and Debian's package manager may be asked.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .make
FRONTEND := frontend/package.json frontend/package-lock.json frontend/build.mjs frontend/tsconfig.json $(shell find frontend/src -type f 2>/dev/null)
TEST_HOME := $(abspath $(STAMPS))/home
PYTEST ?= -n 3 --dist worksteal

.PHONY: run example test bench lint types contracts unit lock clean check-frontend browser test-postgresql

run: $(STAMPS)/run $(STAMPS)/frontend
	@exec $(BIN)/fairhearing run $(ARGS)

# A small product that uses Fairhearing, with a Fairhearing beside it: make example NAME=assistant
example: $(STAMPS)/dev $(STAMPS)/frontend
	@exec $(BIN)/python -m examples.$(NAME) $(ARGS)

test: $(STAMPS)/dev $(STAMPS)/frontend lint types contracts check-frontend browser unit

lint: $(STAMPS)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMPS)/dev
	@mkdir -p $(TEST_HOME)
	FAIRHEARING_HOME=$(TEST_HOME) $(BIN)/mypy

contracts: $(STAMPS)/dev
	$(BIN)/lint-imports --no-logo

check-frontend: $(STAMPS)/frontend
	bash scripts/npm.sh run check

browser: $(STAMPS)/dev
	bash scripts/browser.sh

unit: $(STAMPS)/dev
	$(BIN)/pytest $(PYTEST) $(ARGS)

# The database part of the suite on a PostgreSQL of Debian's, which this starts and ends.
test-postgresql: $(STAMPS)/dev $(STAMPS)/frontend
	bash scripts/test_postgresql.sh

bench: $(STAMPS)/dev $(STAMPS)/frontend
	@$(BIN)/python -m bench $(NAME) $(ARGS) --json

lock: $(STAMPS)/dev
	bash scripts/lock.sh

$(VENV)/made:
	bash scripts/venv.sh "$(PYTHON)" "$(VENV)"
	@touch $@

$(STAMPS)/run: $(VENV)/made requirements.txt pyproject.toml
	@mkdir -p $(STAMPS)
	bash scripts/install.sh requirements.txt
	@touch $@

$(STAMPS)/dev: $(VENV)/made requirements-dev.txt pyproject.toml
	@mkdir -p $(STAMPS)
	bash scripts/install.sh requirements-dev.txt
	@touch $(STAMPS)/run $@

$(STAMPS)/frontend: $(VENV)/made $(FRONTEND) requirements-node.txt
	@mkdir -p $(STAMPS)
	bash scripts/npm.sh ci
	bash scripts/npm.sh run build
	@touch $@

clean:
	rm -rf $(VENV) $(STAMPS) frontend/node_modules src/fairhearing/web/static/dist artefacts
