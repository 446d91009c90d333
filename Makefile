# make watch      open the viewer on a newborn            make test    set up, then run all tests
# make benchmark  compare agents, minutes                 make check   lint, types and all tests
# make thorough   the tests that take long, beside those of make test
# make quick      lint, types, and the tests of what changed, in about a minute
# make clips      films of every world, for the docs      make docs    the site, in build/site
# make clients    run other libraries on the worlds, in environments of their own
# make fuzz       attack lives and files at random, 20 minutes; ARGS="--steps 200000" for less
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
WATCH := $(VENV)/.watch
READY := $(VENV)/.ready

.PHONY: watch benchmark clips test thorough ready lint quick check clients fuzz docs clean

watch: $(WATCH)
	$(RUN) scripts/watch.py $(ARGS)

benchmark: $(WATCH)
	$(RUN) scripts/benchmark.py --quick $(ARGS)

clips: $(READY)
	$(RUN) scripts/clips.py $(ARGS)

test: $(READY)
	$(RUN) -m pytest -n 2 --dist worksteal $(ARGS)

thorough: $(READY)
	$(RUN) -m pytest -n 2 --dist worksteal -m thorough $(ARGS)

ready: $(READY)

lint: $(READY)
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

quick: $(READY)
	$(RUN) scripts/quick.py $(ARGS)

check: lint test thorough

clients:
	PYTHON=$(PYTHON) scripts/clients.sh

fuzz: $(READY)
	$(RUN) scripts/fuzz.py $(ARGS)

# .venv is made on first use, and made anew when the pins or the dependencies change. Each tier adds to the one before.
PIP = $(RUN) -m pip install --quiet --constraint constraints.txt

$(WATCH): constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Nestling needs Python 3.11 or newer; set PYTHON=python3.11")'
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --upgrade pip
	$(PIP) --editable .
	@touch $@

$(READY): $(WATCH)
	$(PIP) torch
	$(PIP) --editable ".[sb3,ray,export,minigrid,minari,docs,dev]"
	@touch $@

docs: $(READY)
	$(RUN) -m mkdocs build --strict

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
