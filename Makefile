# make demo, make test: all the set-up there is. `make help` lists the rest.
VENV   := .venv
PYTHON ?= python3
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
# the demo and its record lie here; WORKBOOK_HOME moves them
export JUPYTER_PREFER_ENV_PATH := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test check lab app bench lock clean

help: ## list what can be made
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## make .venv with the pinned dependencies

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "The workbook needs Python 3.11 or newer; this is $$($(PYTHON) --version). Try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 2; }
	@echo "setting up $(VENV): about 150 packages, one or two minutes the first time"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --progress-bar off --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY) ## load the demo engagement and make its report: outputs/demo/index.html
	@$(BIN)/workbook demo

test: $(READY) ## all tests, notebooks included
	@./tests/run

check: $(READY) ## style, types and import layers
	$(BIN)/ruff check workbook tests examples
	$(BIN)/ruff format --check workbook tests examples
	$(BIN)/mypy
	$(BIN)/lint-imports

lab: $(READY) ## open the notebooks in JupyterLab
	@$(BIN)/workbook lab

app: $(READY) ## serve the notebooks as pages without code, with Voilà
	@$(BIN)/workbook app

bench: $(READY) ## measure, and print the rows for tests/benchmarks/README.md
	@$(BIN)/python -m tests.benchmarks

lock: ## pin the newest dependencies (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links \
	  --extra app --extra notebook --extra postgres --extra test --extra check --extra build pyproject.toml -o requirements.lock

clean: ## remove .venv and caches; outputs/ stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist *.egg-info
