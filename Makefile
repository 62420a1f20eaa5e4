BIN := .venv/bin

# .locked: the locked tools are in .venv. .ready: crampwise itself is too.
LOCKED := .venv/.locked
READY := .venv/.ready
LOCKS := requirements/run.txt requirements/dev.txt

PIP := $(BIN)/python -m pip -qq
PYTEST := $(BIN)/python -m pytest -q -n auto --dist loadgroup
RUFF := $(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check .
QUICK_TESTS := $(wildcard tests/unit tests/spec tests/content)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_DEFAULT_TIMEOUT ?= 60
unexport PYTHONPATH PYTHONHOME

# Build again when .venv was moved here from elsewhere or its Python is gone.
ifneq ($(shell $(BIN)/python -c '' 2>/dev/null && cat $(READY) 2>/dev/null),$(CURDIR))
.PHONY: $(LOCKED)
endif

.DEFAULT_GOAL := setup
.PHONY: help setup run test interop spark nightly quick lint bench study screenshots lock clean

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1 \2/p' Makefile | while read -r name text; do printf '%-11s %s\n' "$$name" "$$text"; done

setup: $(READY) ## Build .venv with everything needed
	@:

$(LOCKED): $(LOCKS)
	@sh .ci/setup
	@touch $@

$(READY): $(LOCKED) pyproject.toml src/crampwise/__init__.py
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@printf '%s\n' '$(CURDIR)' > $@
	@echo "Ready."

run: setup ## Start the web app on this machine
	@$(BIN)/crampwise serve

test: setup lint ## Lint, then run every test but those of tests/interop and tests/spark
	@$(PYTEST) --ignore tests/interop --ignore tests/spark

interop: setup ## Hold the exchange formats against other people's software (installed once, into .interop)
	@.ci/interop
	@$(PYTEST) tests/interop

spark: setup ## Hold the screen of a population on Apache Spark against that on DuckDB (PySpark is put into .venv; needs Java)
	@command -v java >/dev/null || { echo "spark: Java 17 or newer is needed and was not found" >&2; exit 1; }
	@$(PIP) install --require-hashes -r requirements/spark.txt
	@$(BIN)/python -m pytest -q -n 0 tests/spark

nightly: setup ## Run the generative tests at length: a million random rules, a thousand of them on Z3 (about an hour)
	@HYPOTHESIS_PROFILE=nightly AGREEMENT_RULES=1000000 AGREEMENT_FINITE=100000 AGREEMENT_WALKS=40 $(PYTEST) tests/spec tests/generative

quick: setup ## Run ruff and the fast tests
	@$(RUFF)
	@test -n "$(QUICK_TESTS)" || { echo "quick: no tests found" >&2; exit 1; }
	@$(PYTEST) $(QUICK_TESTS)

lint: setup ## Check style, types and imports
	@$(RUFF)
	@$(BIN)/mypy --no-error-summary src tests $(wildcard benchmarks studies)
	@report=$$($(BIN)/lint-imports --no-logo 2>&1) || { echo "$$report"; exit 1; }
	@echo "Lint: no problems."

bench: setup ## Run the benchmarks; the peers are put into .venv first
	@$(PIP) install --no-deps --require-hashes -r requirements/bench.txt
	@$(BIN)/python -m benchmarks
	@$(BIN)/python -m benchmarks.peers
	@$(BIN)/python -m benchmarks.screening
	@$(BIN)/python -m benchmarks.population
	@$(BIN)/python -m benchmarks.records
	@$(BIN)/python -m benchmarks.cds

study: setup ## Run the studies of diary and trials (about half an hour)
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m studies.followup

screenshots: setup ## Take the pictures of the README anew
	@$(BIN)/python -m tests.docs.screenshots

lock: ## Pin the requirements again (UPGRADE=1 takes the newest versions)
	@uv=$$(command -v $(BIN)/uv || command -v uv) || { echo "lock: uv is missing, get it with: $(BIN)/python -m pip install uv" >&2; exit 1; }; \
	for name in run dev bench spark; do \
		"$$uv" pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes $(if $(UPGRADE),--upgrade) \
			--override requirements/bench.override \
			--custom-compile-command "make lock" --output-file requirements/$$name.txt requirements/$$name.in || exit 1; \
	done

clean: ## Remove .venv and everything built
	@rm -rf .venv .interop build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage .coverage.*
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
