# `make` alone says what there is. Nothing here asks a question.
.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin
STAMP := .venv/.set-up
# How many tests run at the same time.
JOBS ?= 3
# More for pytest, as in: make test ARGS="-k takes"; or for the benchmarks: make bench ARGS="--only imports".
ARGS ?=
NOTEBOOKS = find notebooks -name '*.ipynb' -not -path '*/.ipynb_checkpoints/*' -print0 | xargs -0 -r

export PYTHON

.PHONY: help setup system system-tests demo test check lint types layers format pins bench clean

help: ## say what there is
	@grep -E '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 10

demo: system setup ## run the weekly job on a simulated hospital and say where the report lies
	@$(BIN)/schedvisu demo

test: system-tests setup ## run all tests
	@$(BIN)/python -m tests.compile_first
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

check: lint types layers ## run all checks of the code

setup: system $(STAMP) ## make .venv with the pinned packages

$(STAMP): pyproject.toml constraints.txt
	@.ci/setup
	@touch $@

system: ## install the system packages that are missing (as root), or say which
	@.ci/system-packages run

system-tests:
	@.ci/system-packages tests

lint: setup ## check the style, and that no notebook holds outputs
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(NOTEBOOKS) $(BIN)/nbstripout --keep-id --verify

types: setup ## check the types
	@$(BIN)/mypy

layers: setup ## check that modules import only from their own floor or lower
	@NO_COLOR=1 $(BIN)/lint-imports --no-logo

format: setup ## write the style, and empty the notebooks of outputs
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format
	@$(NOTEBOOKS) $(BIN)/nbstripout --keep-id

bench: setup ## measure speed and memory, and write benchmarks/results.md
	@$(BIN)/python -m benchmarks $(ARGS)

pins: setup ## rewrite constraints.txt from what is installed in .venv
	@$(BIN)/python .ci/pins.py

clean: ## remove what the tools and the demo left; .venv stays
	@rm -rf demo-data benchmarks/.data build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
	@find . -path ./.venv -prune -o \( -name __pycache__ -o -name .ipynb_checkpoints \) -type d -print0 | xargs -0 -r rm -rf
