# Two commands: `make run` and `make test`. Works with GNU make from 3.81 and any POSIX shell.
.PHONY: help run test check bench faults format words lock clean
BIN = .venv/bin
LOCK = $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header

help: ## these lines
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' Makefile

run: ## start Waymark on http://127.0.0.1:8000, with everything it needs
	@.ci/setup run && exec $(BIN)/waymark serve

test: ## every test: SQLite, PostgreSQL, Chromium, the wheel
	@.ci/setup dev && exec $(BIN)/pytest --numprocesses auto --dist worksteal $(TESTS)

check: ## the fast part: format, lint, types, contracts, templates, domain tests
	@.ci/setup dev
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/djlint --lint --quiet web/templates
	@$(BIN)/mypy
	@$(BIN)/pytest --quiet --numprocesses auto -m "not browser and not slow" -k "not postgresql" --ignore tests/web tests

bench: ## the measurements, as a table
	@.ci/setup dev && exec $(BIN)/python -m tests.bench $(CASES)

faults: ## 200 killed workers, and every way in which a tracker fails; with figures
	@.ci/setup dev && FAULTS=all exec $(BIN)/pytest -rP tests/faults $(TESTS)

format: ## put the code into shape
	@.ci/setup dev && $(BIN)/ruff format . && $(BIN)/ruff check --fix .

words: ## collect the strings people read into the catalogues: web/locales
	@.ci/setup dev && exec $(BIN)/python -m web.locales

lock: ## resolve the dependencies anew: requirements*.lock and the lock of the browser files
	@.ci/setup dev
	$(LOCK) --upgrade --group build pyproject.toml --output-file requirements.lock
	$(LOCK) --upgrade --group dev --constraint requirements.lock pyproject.toml --output-file requirements-dev.lock
	$(BIN)/python web/assets/build.py --lock

clean: ## remove everything that was made, except your data
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build web/static/vendor
