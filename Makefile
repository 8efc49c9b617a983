.PHONY: demo test load first-page lint clean

VENV := .venv
BIN := $(VENV)/bin
LOCK := .ci/requirements.lock
TEST_LOCK := .ci/requirements-test.lock
PACKAGES := pyproject.toml dashboard/__init__.py dashboard/frontend/package.json

# Installs, imports the made-up organisations, serves them at http://127.0.0.1:8050.
demo: $(VENV)/installed
	$(BIN)/vsm demo

# Installs what the tests need, Chromium, PostgreSQL, Spark and strace too where they are missing, and runs all of them.
test: $(VENV)/installed-test
	.ci/chromium
	.ci/postgresql
	.ci/spark
	.ci/strace
	$(BIN)/python -m pytest -n auto --dist worksteal

lint: $(VENV)/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --processes 2 queries
	$(BIN)/vsm docs --check

# Readers at once for ten minutes, by locust in an environment of its own; LOAD="--rate 50 --minutes 30 --imports 10" soaks.
load: $(VENV)/installed $(VENV)-load/installed
	$(BIN)/python tests/load/run.py --locust $(VENV)-load/bin/locust $(LOAD)

# What a browser that knows nothing yet is sent, and when the first figure stands: PAGE="<home> / /timeline".
first-page: $(VENV)/installed-test
	.ci/chromium
	$(BIN)/python tests/load/first_page.py $(PAGE)

$(VENV)-load/installed: .ci/requirements-load.lock
	python3 -m venv $(VENV)-load
	$(VENV)-load/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

$(BIN)/python:
	python3 -m venv $(VENV)

$(VENV)/installed: $(BIN)/python $(LOCK) $(PACKAGES)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCK)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

$(VENV)/installed-test: $(VENV)/installed $(TEST_LOCK)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(TEST_LOCK)
	touch $@

clean:
	rm -rf $(VENV) $(VENV)-load data/load data/warehouse dashboard/assets/vendor
