# make run     everything from nothing to a server with demo data on http://127.0.0.1:5000
# make test    every test, with a real SQLite, PostgreSQL, Kafka, Flink, Redis and Chromium
# make lint    ruff, mypy, bandit, pip-audit, eslint, prettier, vue-tsc, what deploys it, and the prose
# make soak    what to run before a release: make histories, then an hour of mixed load on a server with demo data
# make histories   random histories on both databases, each with 1,000 kills, builds and restarts
# make fuzz    ten minutes of made-up requests against a server with demo data
# make serve   the server for production (gunicorn)
# make frontend   builds the web app, where anything of it has changed
# make types   what the web app knows of the API, made again from the API
# make settings   .env.example and the README's table of settings, made again from config.py
# make screenshots   the pictures of the README
# make lock   the hashes and versions of requirements*.txt, made again from requirements*.in; newer: UPGRADE=--upgrade
# make pin-images   the digests of the base images, looked up in their registry; needs docker with buildx
# make setup-baselines   the environment of `scripts/evaluate.py --baselines rectools` (Python 3.11 or 3.12)

PYTHON ?= python3
BIN := .venv/bin
NPM := sh scripts/npm.sh
SOURCES := api db domain evaluation events experiments gateway ingest profiling recommender scripts serving app.py config.py gunicorn.conf.py
# folders too: one changes when a file in it goes
WEB_SOURCES := $(shell find frontend -mindepth 1 -name node_modules -prune -o -name dist -prune -o -print)
# requirements.txt first: the others are held to its versions
LOCKS := requirements requirements-build requirements-no-compiler requirements-node requirements-embeddings \
         requirements-spider requirements-archive requirements-dev requirements-baselines
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# without -march=native the compiled index runs on any machine of this architecture
export HNSWLIB_NO_NATIVE := 1
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev setup-baselines env demo frontend web run serve test lint fuzz format types screenshots \
        soak histories lock pin-images clean
.DELETE_ON_ERROR:

help:
	@sed -n 's/^# make /make /p' Makefile

setup: .venv/.installed

.venv/.installed: requirements.txt requirements-build.txt requirements-no-compiler.txt pyproject.toml \
                  scripts/check_toolchain.sh scripts/install_requirements.sh
	@sh scripts/check_toolchain.sh $(PYTHON)
	$(PYTHON) -m venv .venv
	@sh scripts/install_requirements.sh $(BIN)
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

setup-dev: .venv/.installed-dev

.venv/.installed-dev: .venv/.installed requirements-dev.txt requirements-embeddings.txt requirements-spider.txt \
                      requirements-archive.txt
	$(BIN)/pip install --progress-bar on --require-hashes -r requirements-dev.txt -r requirements-embeddings.txt \
		-r requirements-spider.txt -r requirements-archive.txt
	@touch $@

setup-baselines: .venv-baselines/.installed

.venv-baselines/.installed: requirements-baselines.txt
	$(PYTHON) -m venv .venv-baselines
	.venv-baselines/bin/pip install --progress-bar on --require-hashes -r requirements-baselines.txt
	@touch $@

env: setup
	@$(BIN)/python scripts/make_env.py

demo: env
	@$(BIN)/python scripts/load_demo.py
	@$(BIN)/python scripts/build_index.py --no-memory

frontend: frontend/dist/index.html
	@:

frontend/node_modules/.installed: frontend/package.json frontend/package-lock.json | .venv/.installed
	@echo "Installing what the web app is made of …"
	@$(NPM) ci --no-audit --no-fund
	@touch $@

# what it is made of is needed only where something has changed; files of earlier builds stay for who has them open
frontend/dist/index.html: $(WEB_SOURCES)
	@$(MAKE) --no-print-directory frontend/node_modules/.installed
	@$(NPM) --silent run build -- --logLevel error
	@$(BIN)/python -m whitenoise.compress --quiet frontend/dist

web: setup
	@$(MAKE) --no-print-directory frontend || \
		echo "The web app could not be built, see above. The API runs without it, or with the build before."

run: demo web
	@$(BIN)/python scripts/serve_demo.py

serve: env web
	$(BIN)/gunicorn -c gunicorn.conf.py 'app:create_app()'

# one BLAS thread a process: the workers are the parallelism
test: setup-dev frontend
	@sh scripts/find_chromium.sh
	@sh scripts/install_java.sh
	@sh scripts/fetch_jars.sh kafka > /dev/null
	@sh scripts/fetch_jars.sh cassandra > /dev/null
	@sh scripts/build_flink_job.sh
	$(NPM) test
	OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n logical --maxprocesses 4 --dist worksteal

lint: setup-dev frontend/node_modules/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/bandit --quiet --severity-level medium --recursive $(SOURCES)
	$(BIN)/python scripts/lint_deploy.py
	$(BIN)/pip-audit --requirement requirements.txt --no-deps --disable-pip
	git ls-files -z | xargs -0 $(BIN)/codespell
	$(BIN)/proselint check README.md CHANGELOG.md docs frontend/openapi.json
	$(BIN)/python scripts/lint_words.py
	$(NPM) run lint
	$(NPM) run check
	$(BIN)/python scripts/write_openapi.py --check
	$(BIN)/python scripts/write_settings.py --check
	@$(NPM) run types -- --check || { echo "error: the web app's types are not those of the API: run make types" >&2; exit 1; }

fuzz: setup-dev demo
	$(BIN)/python scripts/fuzz.py

soak: histories demo
	$(BIN)/python profiling/soak.py

histories: setup-dev
	OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests/faults/histories -n 2 -rP --fault-points 1000

format: setup-dev frontend/node_modules/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(NPM) run format

types: setup frontend/node_modules/.installed
	$(BIN)/python scripts/write_openapi.py
	$(NPM) run types

settings: setup
	$(BIN)/python scripts/write_settings.py

screenshots: setup-dev frontend
	$(BIN)/python scripts/make_screenshots.py

# not from setup-dev, which installs nothing that has no hash yet
lock:
	@[ -x $(BIN)/pip-compile ] || $(MAKE) setup-dev
	@set -e; for name in $(LOCKS); do \
		echo "Locking $$name.txt …"; \
		CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet $(UPGRADE) --generate-hashes --allow-unsafe --strip-extras \
			--no-emit-index-url --no-emit-find-links --no-emit-trusted-host -o $$name.txt $$name.in; \
	done

pin-images: setup
	$(BIN)/python scripts/pin_images.py

clean:
	rm -rf .venv .venv-baselines .pytest_cache .mypy_cache .ruff_cache .hypothesis frontend/node_modules frontend/dist
