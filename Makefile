.DEFAULT_GOAL := help
.PHONY: help install start dev build test check format bench clean

# npm writes this file last, so it is newer than the lockfile exactly when the installation is whole.
INSTALLED := node_modules/.package-lock.json
BUILT := dist/server/cli.js
SOURCES := $(shell find src migrations scripts package.json -type f -not -name '*.test.ts' 2>/dev/null)

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## Install what is missing, the pinned Node 24 included

# Not `npm ci`: it refuses a lockfile made where some platforms' optional packages could not be seen, which a
# machine of such a platform has to add. What the lockfile names is installed as it names it either way.
$(INSTALLED): package.json package-lock.json
	npm install --no-save --no-audit --no-fund --loglevel=error
	@touch $@

start: $(BUILT) ## Start CommandCenter (PORT, HOST, DATA_DIR)
	@bin/commandcenter start

build: $(BUILT) ## Build the server, the web application and the prepared database

$(BUILT): $(INSTALLED) $(SOURCES)
	npm run --silent build
	@touch $@

dev: $(INSTALLED) ## Start from the source and restart on changes
	npm run --silent dev

test: $(BUILT) ## Check and test everything, on the embedded database and on PostgreSQL
	npm run --silent check
	npm test
	@if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then npm run --silent test:server; \
	elif [ -n "$$CI" ]; then echo 'PostgreSQL is missing: CI tests on it too.' >&2; exit 1; \
	else echo 'PostgreSQL is not installed here, so the tests on it were skipped: apt-get install postgresql redis-server'; fi

check: $(INSTALLED) ## Lint, types, import rules, dead code, generated files
	npm run --silent check

format: $(INSTALLED) ## Format and apply safe fixes
	npm run --silent format

bench: $(BUILT) ## Measure start, loop and API; CLONES=folder adds detection, COLLECTIONS=folder retrieval
	node_modules/.bin/node bench/startup/run.ts $(CHUNKS)
	node_modules/.bin/node bench/loop/run.ts
	$(if $(CLONES),node_modules/.bin/node bench/detection/run.ts $(CLONES))
	$(if $(COLLECTIONS),node_modules/.bin/node bench/retrieval/run.ts $(COLLECTIONS))
	$(if $(wildcard /usr/lib/postgresql/*/bin/initdb),node_modules/.bin/node bench/api/run.ts)

clean: ## Remove what was built (never your data)
	rm -rf dist node_modules coverage test-results
