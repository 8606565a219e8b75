# make demo, make test: all the set-up there is. `make help` lists the rest.
VENV   := .venv
PYTHON ?= python3
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
DEV    := $(VENV)/.ready-dev
# kernels and settings of this .venv come before those of the person
export JUPYTER_PREFER_ENV_PATH := 1
# what the demo needs is compiled when it is first imported, not all beforehand (--no-compile), so that must be kept
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo test check words lab app extension bench lock clean

help: ## list what can be made
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(DEV) ## make .venv with all that tests and checks need; demo, lab and app do with less

# a lock is installed as it is written: nothing is resolved, so no later release can come between
define install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "The workbook needs Python 3.11 or newer; this is $$($(PYTHON) --version). Try: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 2; }
	@echo "setting up $(VENV): $(2)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --progress-bar off --no-deps --require-hashes $(3) -r $(1)
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@$(BIN)/python -m pip check --disable-pip-version-check
endef

# what is installed outside the package is a copy
EXTENSION := workbook/lab/built/package.json

$(READY): requirements.lock pyproject.toml $(EXTENSION)
	$(call install,requirements.lock,what the workbook needs; about 120 packages and a minute the first time,--no-compile)
	@touch $@

$(DEV): requirements-dev.lock requirements.lock pyproject.toml $(EXTENSION)
	$(call install,requirements-dev.lock,what the workbook and its tests need; about 150 packages and two minutes the first time)
	@touch $(READY) $@

demo: $(READY) ## load the demo engagement and make its report: outputs/demo/index.html
	@$(BIN)/workbook demo

test: $(DEV) ## the tests, notebooks included
	@./tests/run

words: $(DEV) ## bring the catalogues of other languages up to date with what is said
	@PYTHONPATH=. $(BIN)/python tests/languages.py

check: $(DEV) ## style, types and import layers
	$(BIN)/ruff check workbook tests examples
	$(BIN)/ruff format --check workbook tests examples
	$(BIN)/mypy
	$(BIN)/lint-imports
	@tests/javascript/check
	@tests/javascript/check-extension

lab: $(READY) ## open the notebooks in JupyterLab
	@$(BIN)/workbook lab

app: $(READY) ## serve the notebooks as pages without code, with Voilà
	@$(BIN)/workbook app

extension: ## build the JupyterLab extension anew from workbook/lab (needs npm; nobody else needs it)
	cd workbook/lab && npm ci --silent --ignore-scripts && npm run --silent build

bench: $(DEV) ## measure, and print the rows for tests/benchmarks/README.md
	@$(BIN)/python -m tests.benchmarks

COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
  --no-emit-index-url --no-emit-find-links $(UPGRADE)
lock: ## write both lock files (needs uv); UPGRADE=--upgrade pins the newest releases
	$(COMPILE) --extra app --extra build pyproject.toml -o requirements.lock
	$(COMPILE) -c requirements.lock --extra app --extra build --extra notebook --extra postgres --extra remote --extra dask \
	  --extra sign --extra test --extra check pyproject.toml -o requirements-dev.lock

clean: ## remove .venv and caches; outputs/ stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist *.egg-info workbook/lab/lib
