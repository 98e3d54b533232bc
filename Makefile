# Two commands do everything on a fresh machine: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ISLANDS := src/glisson/web/static/islands/manifest.json
FRONTEND := $(shell find frontend -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
MESSAGES := $(shell find src/glisson/locale -name '*.po' 2>/dev/null)
APPS := tests/core tests/alliance tests/surgery tests/meetings tests/media tests/theatre tests/web
export PYTHONUNBUFFERED := 1

.PHONY: run test check bench fmt lock docs messages test-sqlite test-postgres test-browser test-frontend clean

run: $(VENV)/.run $(ISLANDS) build/.messages ## the demo alliance, live, on this machine
	@$(BIN)/glisson demo

test: test-frontend test-sqlite test-postgres test-browser ## every test

test-frontend: $(ISLANDS)
	cd frontend && npm test --silent

test-sqlite: $(VENV)/.test $(ISLANDS) build/.messages build/.debian
	$(BIN)/pytest -n 2 -m "not browser" tests

test-postgres: $(VENV)/.test $(ISLANDS) build/.messages build/.debian
	tools/with-postgres $(BIN)/pytest -n 2 -m "not browser" $(APPS)

test-browser: $(VENV)/.test $(ISLANDS) build/.messages build/.debian
	$(BIN)/pytest -m browser tests

check: $(VENV)/.test $(ISLANDS) build/.messages build/.debian ## everything that can be said without running the product
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy -p glisson.streaming -p glisson.clinical
	$(BIN)/mypy $$(find src/glisson -path '*/domain' -type d) src/glisson/core/config.py
	find src/glisson -path '*/templates/*.html' | xargs $(BIN)/djhtml --check --tabwidth 2
	$(BIN)/glisson manage makemigrations --check --dry-run
	$(BIN)/python tools/messages.py check
	cd frontend && npm run check --silent

bench: $(VENV)/.test $(ISLANDS) build/.messages ## the table of docs/benchmarks.md; ONLY=streaming.glass for some rows
	tools/debian-packages ffmpeg chromium nginx libnginx-mod-rtmp varnish
	cd bench && npm ci --silent
	$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY))

fmt: $(VENV)/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	find src/glisson -path '*/templates/*.html' | xargs $(BIN)/djhtml --tabwidth 2

docs: $(VENV)/.docs
	$(BIN)/mkdocs build --strict

messages: $(VENV)/.test $(ISLANDS) build/.debian ## collect the strings to translate
	$(BIN)/python tools/messages.py collect

lock: $(VENV)/.test ## compile requirements/*.in with hashes and without addresses
	for set in run test docs; do $(BIN)/uv pip compile -q --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --universal --python-version 3.11 --no-header requirements/$$set.in -o requirements/$$set.txt || exit 1; done

clean:
	rm -rf $(VENV) build site frontend/node_modules bench/node_modules src/glisson/web/static/islands

$(VENV)/bin/python:
	@tools/need $(PYTHON)
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	@touch $@

$(VENV)/.docs: requirements/docs.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/docs.txt
	@touch $@

frontend/node_modules/.package-lock.json: frontend/package-lock.json
	cd frontend && npm ci --silent --no-fund --no-audit

$(ISLANDS): frontend/node_modules/.package-lock.json $(FRONTEND)
	cd frontend && npm run build --silent

build/.messages: $(MESSAGES) | $(VENV)/.run
	@mkdir -p build
	$(BIN)/pybabel --quiet compile --use-fuzzy --domain django --directory src/glisson/locale
	@touch $@

build/.debian: tools/debian-packages
	@mkdir -p build
	tools/debian-packages chromium ffmpeg nginx libnginx-mod-rtmp varnish postgresql gettext fonts-noto-core fonts-noto-cjk
	@touch $@
