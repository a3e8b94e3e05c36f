# make run     everything from nothing to a server with demo data on http://127.0.0.1:5000
# make test    every test, with a real SQLite and a real PostgreSQL
# make lint    ruff, mypy, bandit, pip-audit, and what deploys it
# make fuzz    ten minutes of made-up requests against a server with demo data
# make serve   the server for production (gunicorn)
# make setup-peers   what `scripts/evaluate.py --peers rectools` needs (Python 3.11 or 3.12)

PYTHON ?= python3
BIN := .venv/bin
SOURCES := api db recommender serving profiling scripts app.py config.py gunicorn.conf.py
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# without -march=native the compiled index runs on any machine of this architecture
export HNSWLIB_NO_NATIVE := 1
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev setup-peers env demo run serve test lint fuzz format lock clean

help:
	@sed -n 's/^# //p' Makefile

setup: .venv/.installed

.venv/.installed: requirements.txt scripts/check_toolchain.sh
	@sh scripts/check_toolchain.sh $(PYTHON)
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --progress-bar on -r requirements.txt
	@touch $@

setup-dev: .venv/.installed-dev

.venv/.installed-dev: .venv/.installed requirements-dev.txt
	$(BIN)/pip install --progress-bar on -r requirements-dev.txt
	@touch $@

setup-peers: .venv-peers/.installed

.venv-peers/.installed: requirements-peers.txt
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/pip install --progress-bar on -r requirements-peers.txt
	@touch $@

env: setup
	@$(BIN)/python scripts/make_env.py

demo: env
	@$(BIN)/python scripts/load_demo.py
	@$(BIN)/python scripts/build_index.py --no-memory

run: demo
	@$(BIN)/python scripts/serve_demo.py

serve: env
	$(BIN)/gunicorn -c gunicorn.conf.py 'app:create_app()'

test: setup-dev
	$(BIN)/python -m pytest

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/bandit --quiet --severity-level medium --recursive $(SOURCES)
	$(BIN)/python scripts/lint_deploy.py
	$(BIN)/pip-audit --requirement requirements.txt --no-deps --disable-pip

fuzz: setup-dev demo
	$(BIN)/python scripts/fuzz.py

format: setup-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: setup-dev
	$(BIN)/pip-compile --quiet --upgrade --strip-extras --no-emit-index-url --no-emit-find-links -o requirements.txt requirements.in
	$(BIN)/pip-compile --quiet --upgrade --strip-extras --no-emit-index-url --no-emit-find-links -o requirements-dev.txt requirements-dev.in
	$(BIN)/pip-compile --quiet --upgrade --strip-extras --no-emit-index-url --no-emit-find-links -o requirements-peers.txt requirements-peers.in

clean:
	rm -rf .venv .venv-peers .pytest_cache .mypy_cache .ruff_cache .hypothesis
