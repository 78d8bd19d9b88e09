# The commands of this project; CI calls the same ones. `make help` lists them.
# Names of machines and of package registries do not belong here: the machine's own
# pip settings say where packages come from.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
AIRFLOW := .venv-airflow
# Tests of these have targets of their own: they need Java and Maven, or Airflow.
SERVERS := trino spark airflow
# More words for the program behind a target: make test ARGS='-k tax_code -x'
ARGS ?=

.PHONY: help setup setup-airflow demo test test-all test-slow test-trino test-spark test-airflow check format bench derive docs lock clean

help: ## Print every target and what it does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

setup: $(STAMP) ## Install everything into .venv; needs nothing but Python 3.11

$(STAMP): requirements.lock pyproject.toml deploy/install.sh
	@PYTHON='$(PYTHON)' VENV='$(VENV)' bash deploy/install.sh
	@touch $@

setup-airflow: $(AIRFLOW)/.installed ## Install Airflow into an environment of its own

$(AIRFLOW)/.installed: deploy/airflow/requirements.lock deploy/install.sh
	@PYTHON='$(PYTHON)' VENV='$(AIRFLOW)' LOCK=$< PROJECT= bash deploy/install.sh
	@touch $@

demo: $(STAMP) ## Simulated declarations from landing files to a live, explained decision
	$(BIN)/customs demo $(ARGS)

test: $(STAMP) ## All tests but the slow ones, on the embedded engine, on all cores
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

test-all: $(STAMP) ## All tests, the slow ones too
	$(BIN)/pytest -m 'slow or not slow' $(ARGS)

test-slow: $(STAMP) ## The slow tests alone, but those of real servers
	$(BIN)/pytest -m slow $(SERVERS:%=--ignore tests/integration/test_%.py) $(ARGS)

test-trino: $(STAMP) ## Trino over a lake, asked by its client (Java 22 or newer, Maven)
	$(BIN)/pytest -m slow tests/integration/test_trino.py $(ARGS)

test-spark: $(STAMP) ## The golden day on Apache Spark, equal to Sail (Java 17, Maven)
	$(BIN)/pytest -m slow tests/integration/test_spark.py $(ARGS)

test-airflow: $(STAMP) setup-airflow ## The nightly schedule, really run once
	$(BIN)/pytest -m slow tests/integration/test_airflow.py $(ARGS)

check: $(STAMP) ## Linters, types, SQL style, architecture, contracts and pages
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/sqlfluff lint -q dbt_project/models
	$(BIN)/pytest -q tests/architecture tests/contracts tests/docs

format: $(STAMP) ## Put the layout of all Python and SQL files in order
	$(BIN)/ruff check --fix --select I
	$(BIN)/ruff format
	$(BIN)/sqlfluff fix -q --rules layout dbt_project/models

bench: $(STAMP) ## Measure every claim and print it beside its target (ARGS=--short)
	$(BIN)/python -m benchmarks $(ARGS)

derive: $(STAMP) ## Write every form that follows from the contracts into build/
	$(BIN)/python -m lakehouse.derive --out build

docs: $(STAMP) ## Write the data dictionary into build/ and the table of README.md
	$(BIN)/python -m lakehouse.derive --out build --only docs --readme README.md

lock: ## Choose newest allowed versions and write requirements.lock with hashes
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url \
		--no-annotate --extra dev --upgrade pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --upgrade \
		deploy/airflow/requirements.in -o deploy/airflow/requirements.lock

clean: ## Remove what builds and tests leave behind; never the lake
	rm -rf build dbt_project/target dbt_project/logs logs spark-warehouse metastore_db
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +
