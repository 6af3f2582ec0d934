# Vigie: `make run` sets everything up and does the main job; `make test` proves it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
DATA ?= training_data

.DEFAULT_GOAL := help
.PHONY: help install run test check lint format bench bench-review learning-demo evaluate train browser clean

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/.installed  ## Create the environment (.venv) with everything that running needs

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Vigie needs Python 3.11 or newer; say make PYTHON=python3.12, for example." >&2; exit 1; }
	@echo "Creating the environment in $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.python pyproject.toml constraints.txt
	@echo "Installing what Vigie needs (a minute or so the first time) …"
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.installed
	@echo "Installing what the tests need …"
	@$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@

run: $(VENV)/.installed  ## Run everything, with the example; Ctrl-C ends it
	@$(BIN)/vigie run

test: $(VENV)/.dev browser  ## Run all tests, on real servers that they start themselves, on two cores if there are
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 2 --dist loadfile

browser: $(VENV)/.dev
	@for name in "$$CHROMIUM" chromium chromium-browser google-chrome google-chrome-stable; do \
	  [ -n "$$name" ] && command -v "$$name" >/dev/null && exit 0; done; \
	$(BIN)/playwright install --only-shell chromium || \
	echo "No Chromium was found or fetched: the tests in a browser will say that they did not run." >&2

check: lint test  ## Everything that has to hold before a change is done

lint: $(VENV)/.dev  ## Format, lint, types, import floors
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/.dev  ## Put the code in order
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/.dev  ## Measure speed and size against what else there is, in one run
	@$(BIN)/python -m classifiers.benchmark

bench-review: $(VENV)/.dev browser  ## Measure the review screen with 200,000 comments, in a browser, too
	@$(BIN)/python -m tests.benchmarks.review

learning-demo: $(VENV)/.dev  ## Show how the models learn from a newsroom: ten rounds, a picture (about 15 minutes)
	@$(BIN)/python -m tests.benchmarks.learning

evaluate: $(VENV)/.installed  ## Measure the classifiers on labelled files: make evaluate DATA=folder
	@$(BIN)/vigie evaluate $(DATA)

# Kernels that every x86-64 processor since 2013 has, so that what is learned hangs less on the machine.
ALIKE := $(if $(filter x86_64,$(shell uname -m)),OPENBLAS_CORETYPE=Haswell NPY_ENABLE_CPU_FEATURES=X86_V3)

train: $(VENV)/.installed  ## Train the classifiers on training_data/ (and PUBLIC=folder of public corpora)
	@$(ALIKE) $(BIN)/vigie train $(if $(PUBLIC),--public $(PUBLIC))

clean:  ## Remove the environment and the caches; var/ (data!) stays
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
