# make demo   set everything up and run the main job on simulated parties (ONCE=1: run, judge, exit;
#             ENGINE=asterisk: with Asterisk 22 in the place of our media server; needs root)
# make test   all tests, on SQLite and on PostgreSQL, with Asterisk 22 too (YUQIAO_WITHOUT_ASTERISK=1: without)
# make check  format, lint, types, layers
# make evaluate  two published self-evaluations built anew from rows, into var/evaluate
# make up     run the platform: media, calls, web, work
PYTHON ?= python3
BIN := .venv/bin
export YUQIAO_DEBUG ?= 0

.PHONY: demo test check up setup format lock bench clean
.DEFAULT_GOAL := demo

setup: .venv/installed

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; v == (3, 11) or sys.exit("Yuqiao needs Python 3.11, and %s is %d.%d: say make PYTHON=/path/to/python3.11" % (sys.executable, *v))'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: messages
messages: .venv/installed
	$(BIN)/python -m yuqiao.web.messages compile

# What the pages load is built from frontend/ by Node, anew only when something there changed.
BUILT := src/yuqiao/web/console/static/built/.built
.PHONY: pages
pages: $(BUILT)

frontend/node_modules/.installed: frontend/package.json frontend/package-lock.json frontend/.npmrc
	deploy/packages pages
	@node -e 'Number(process.versions.node.split(".")[0]) >= 18 || (console.error("The pages are built with Node 18 or newer, and this is " + process.version + ": put a newer node into PATH"), process.exit(1))'
	npm ci --prefix frontend --no-progress --loglevel error
	@touch $@

$(BUILT): frontend/node_modules/.installed frontend/vite.config.ts frontend/tsconfig.json $(shell find frontend/src -type f)
	npm run --prefix frontend --silent build -- --logLevel warn
	@touch $@

demo: .venv/installed messages pages
	deploy/packages run
	YUQIAO_DEBUG=1 $(if $(filter asterisk,$(ENGINE)),$(BIN)/python -m tests.demo_with_asterisk,$(BIN)/yuqiao demo) $(if $(ONCE),--once)

# Beijing's self-evaluation of 2023 and Guangzhou's of 2021, built anew from rows, into OUT.
.PHONY: evaluate
evaluate: OUT ?= var/evaluate
evaluate: .venv/installed
	deploy/packages run
	$(BIN)/yuqiao evaluate beijing-2023 --out $(OUT)/beijing-2023
	$(BIN)/yuqiao evaluate guangzhou-2021 --out $(OUT)/guangzhou-2021

up: .venv/installed messages pages
	$(BIN)/yuqiao up

check: export YUQIAO_DEBUG = 1
check: .venv/installed frontend/node_modules/.installed
	$(BIN)/ruff format --check src tests bench
	$(BIN)/ruff check src tests bench
	$(BIN)/mypy src tests bench
	$(BIN)/lint-imports --no-cache
	npm run --prefix frontend --silent types

test: export YUQIAO_DEBUG = 1
test: .venv/installed messages pages
	deploy/packages test
	root=$$($(BIN)/python -m tests.asterisk) || echo "Asterisk's part of the tests is left out, for the reason above." >&2; \
	YUQIAO_TEST_ASTERISK_ROOT=$$root $(BIN)/python -m tests.lanes

# What runs with Asterisk 22 in the place of our media server, alone; its folder is built in var/asterisk (needs root).
.PHONY: test-asterisk
test-asterisk: export YUQIAO_DEBUG = 1
test-asterisk: .venv/installed messages pages
	deploy/packages test
	root=$$($(BIN)/python -m tests.asterisk) && YUQIAO_TEST_ASTERISK_ROOT=$$root $(BIN)/python -m pytest -m asterisk

format: .venv/installed
	$(BIN)/ruff format src tests bench
	$(BIN)/ruff check --fix src tests bench

# Resolve anew; needs uv (pip install uv). Hashes, and no address of any registry.
lock:
	uv pip compile pyproject.toml --all-extras --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links --no-config --upgrade --output-file requirements.lock

bench: export YUQIAO_DEBUG = 1
bench: .venv/installed
	deploy/packages bench
	$(BIN)/python -m bench.mixer
	$(BIN)/python -m bench.delay
	$(BIN)/python -m bench.soak
	$(BIN)/python -m bench.browser
	$(BIN)/python -m bench.wallboard
	$(BIN)/python -m bench.pages
	$(BIN)/python -m bench.setup
	$(BIN)/python -m bench.figures
	$(BIN)/python -m bench.evaluation
	$(BIN)/python -m bench.routing
	$(BIN)/python -m bench.city

clean:
	rm -rf .venv var build dist frontend/node_modules $(dir $(BUILT)) .mypy_cache .ruff_cache .pytest_cache .hypothesis
