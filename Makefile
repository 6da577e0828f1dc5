# `make run` answers a question, `make test` runs every gate. Needs python3 (3.11 or newer) and make; the rest is set up on first use.

.POSIX:

PYTHON = python3
VENV = .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready

.PHONY: run test check agree format lint bench docs readme dist lock clean

# Which channels has Italy towards Nigeria today?
run: $(READY)
	@$(BIN)/lawkb channels ITA NGA

# Every gate: lint, types, the whole test suite. Tests on Virtuoso need it installed, which is done where apt and root are at hand.
test: lint
	@sh scripts/servers.sh --if-possible
	$(BIN)/python -m pytest -q -n 2

# The fast part of the tests, for every save: under a minute.
check: $(READY)
	$(BIN)/python -m pytest -q -n 2 -m "not slow and not java"

# The engines and the oracle on ten times as many questions as `make test` asks them, then every ordered pair on three days on two engines:
# hours in all. The pairs may be stopped at any time, and go on from there.
agree: $(READY)
	LAWKB_AGREE=20000 LAWKB_ORACLE=1500 LAWKB_WORLD=2000 $(BIN)/python -m pytest -q -n 2 tests/test_agreement.py tests/test_oracle.py tests/test_world.py
	PYTHONPATH=tests $(BIN)/python -m engines.whole

# Mends what can be mended: Python imports and idioms, canonical Turtle.
format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/lawkb format

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/mypy

# Benchmarks against peers; never part of the tests.
bench: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --editable ".[bench]"
	PYTHONPATH=tests $(BIN)/python bench/run.py

# Writes the generated pages of docs/.
docs: $(READY)
	$(BIN)/python -m lawkb.docs

# Runs the commands that README.md and docs/ show and puts their true outputs in place.
readme: $(READY)
	$(BIN)/python -m lawkb.docs --readme

# The wheel and the source archive, in dist/.
dist: $(READY)
	rm -rf dist
	$(BIN)/python -m build --no-isolation

# Makes requirements.lock anew from pyproject.toml.
lock:
	rm -rf build/lock
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	{ echo "# Exact versions of everything that development needs, made by: make lock"; \
	  build/lock/bin/python -m pip freeze --exclude-editable --exclude pip --exclude setuptools; } > requirements.lock.new
	mv requirements.lock.new requirements.lock
	rm -rf build/lock

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache
	find src tests bench docs -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment, made anew when the lock file or the project's metadata change. The stamp is the last step: an
# interrupted setup starts again.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "lawkb needs Python 3.11 or newer; name one with: make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
